// Pages that fetch a part of themselves again when the server hints that it has changed.
//
// `<div data-hints="proof.changed" data-rooms="pack:<uuid> …" hx-get=… hx-trigger="hint">`: the socket only says "look again",
// htmx fetches. While the socket is down and something is pending, the part is fetched now and then all the same.
import { openSocket } from '../lib/socket.ts';

const TOGETHER_MS = 400;
const DOWN_MS = 15_000;
const AGAIN_MS = 1_000;
const BUSY_MS = 2_000;

const parts = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-hints]')];
const words = (text: string | undefined): string[] => (text ?? '').split(' ').filter(Boolean);

/** Somebody works inside: replacing the part now would take a dialog or a field from their hands. */
const busy = (part: HTMLElement): boolean =>
  part.querySelector(':popover-open, dialog[open], input:focus, textarea:focus, select:focus') !== null;

let waiting: ReturnType<typeof setTimeout> | null = null;
let up = false;
const wanted = new Set<string>();

/** Hints that come together make one request. */
function look(event: string, after = TOGETHER_MS): void {
  wanted.add(event);
  waiting ??= setTimeout(() => {
    waiting = null;
    const told = new Set(wanted);
    wanted.clear();
    for (const part of parts()) {
      const mine = words(part.dataset.hints).filter((name) => told.has(name));
      if (!mine.length) continue;
      if (busy(part)) for (const name of mine) look(name, BUSY_MS);
      else part.dispatchEvent(new CustomEvent('hint'));
    }
  }, after);
}

function everything(): void {
  for (const name of parts().flatMap((part) => words(part.dataset.hints))) look(name);
}

const socket = openSocket('/', {});
let before = false;
const watched = new Set<string>();

function watch(): void {
  for (const room of parts().flatMap((part) => words(part.dataset.rooms))) {
    if (watched.has(room)) continue;
    watched.add(room);
    socket.emit('room.watch', room);
  }
}

socket.on('connect', () => {
  up = true;
  watched.clear();
  watch();
  // What happened while the socket was down was not told.
  if (before) everything();
  before = true;
});
socket.on('disconnect', (reason) => {
  up = false;
  // Cut by the server: what this person may see has changed. Whoever is signed in still comes back with the new rights.
  if (reason === 'io server disconnect') setTimeout(() => socket.connect(), AGAIN_MS);
});
socket.onAny((event: string) => look(event));
document.body.addEventListener('htmx:afterSettle', watch);
setInterval(() => {
  if (!up && parts().some((part) => part.dataset.pending !== undefined)) everything();
}, DOWN_MS);
