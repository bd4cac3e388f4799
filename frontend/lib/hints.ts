// Hints for pages that only look: join a room, and look again when something in it changed.
import { openSocket, type Socket } from './socket.ts';

let socket: Socket | null = null;

/** Joins `room` (again after every reconnect) and calls `look` for each of `events`, and once after a gap. */
export function onHint(room: string, events: readonly string[], look: () => void): void {
  socket ??= openSocket('/', {});
  let joined = false;
  const live = socket;
  live.on('connect', () => {
    live.emit('room.watch', room, () => {
      // The page was drawn with the truth of its moment; only a reconnect may have missed something.
      if (joined) look();
      joined = true;
    });
  });
  for (const event of events) live.on(event, look);
}
