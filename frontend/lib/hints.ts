// Hints for pages with a hand of their own: hear a room, and look again when something in it changed.
import { openSocket, watchRoom } from './socket.ts';

/** Hears `room` and calls `look` for each of `events`, and once after every gap. */
export function onHint(room: string, events: readonly string[], look: () => void): void {
  const socket = openSocket('/', {});
  watchRoom(socket, room);
  let before = false;
  socket.on('connect', () => {
    // The page was drawn with the truth of its moment; only a reconnect may have missed something.
    if (before) look();
    before = true;
  });
  for (const event of events) socket.on(event, look);
}
