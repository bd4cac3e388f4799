import { start } from '../lib/start.ts';

start();
