// The candidate's workspace.
import { Workspace } from '../workspace/app.ts';

new Workspace();
