import { follow } from '../lib/follow.ts';
import { start } from '../lib/start.ts';

start();
for (const region of document.querySelectorAll<HTMLElement>('[data-follow][id]')) follow(region.id);
