// For pages whose parts change while they are open. A part names its room and its htmx request:
//   <div data-live-room="assessment:<uuid>" data-live-event="submission.changed" hx-get="…" hx-trigger="live">
// A hint makes it ask again; so does a reconnect, and every 15 s while the socket is down.
import { htmx } from '../lib/hypertext.ts';
import { openSocket, watchRoom } from '../lib/socket.ts';

const DOWN_MS = 15_000;
const TOGETHER_MS = 250;

function startLive(): void {
  const parts = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-live-room]')];
  const rooms = new Set(parts().map((part) => part.dataset.liveRoom ?? ''));
  const events = new Set(parts().flatMap((part) => (part.dataset.liveEvent ?? '').split(' ').filter(Boolean)));
  if (!rooms.size) return;
  const socket = openSocket('/', {});
  const waiting = new Map<string, number>();
  const refresh = (event = ''): void => {
    // Many hints in a moment are one look.
    if (waiting.has(event)) return;
    waiting.set(event, window.setTimeout(() => {
      waiting.delete(event);
      for (const part of parts()) {
        if (!event || (part.dataset.liveEvent ?? '').split(' ').includes(event)) htmx.trigger(part, 'live', {});
      }
    }, TOGETHER_MS));
  };
  for (const room of rooms) watchRoom(socket, room);
  for (const event of events) socket.on(event, () => refresh(event));
  let before = false;
  socket.on('connect', () => {
    if (before) refresh();
    before = true;
  });
  setInterval(() => {
    if (!socket.connected) refresh();
  }, DOWN_MS);
}

startLive();
