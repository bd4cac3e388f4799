// The socket: websocket only (no sticky sessions needed), reconnects by itself. What it says are hints: the truth of a
// page is one versioned GET, asked on connect, on a gap, and now and then while the socket is down.
import { io, type Socket } from 'socket.io-client';

export type { Socket };

const REFUSED_MS = 4000;

/** Opens a namespace of our own server. `auth` is sent at every (re)connect. */
export function openSocket(namespace: string, auth: Record<string, string>): Socket {
  const socket = io(namespace, {
    transports: ['websocket'],
    auth,
    reconnectionDelay: 300,
    reconnectionDelayMax: 4000,
    randomizationFactor: 0.5,
    timeout: 8000,
  });
  // The client gives up by itself when the server refuses or closes; a page that is still open does not.
  const again = (): void => {
    if (!socket.active) setTimeout(() => socket.connect(), REFUSED_MS);
  };
  socket.on('connect_error', again);
  socket.on('disconnect', again);
  return socket;
}

/** Hears the hints of a room (`attempt:<uuid>`), again after every reconnect. */
export function watchRoom(socket: Pick<Socket, 'on' | 'emit'>, room: string): void {
  socket.on('connect', () => {
    socket.emit('room.watch', room);
  });
}

export interface Versioned {
  version: number;
}

interface Parts<T extends Versioned> {
  fetch: () => Promise<T>;
  apply: (state: T) => void;
  /** Something is expected to change: worth asking while the socket is down. */
  pending: () => boolean;
  failed?: (error: unknown) => void;
}

const DOWN_MS = 15_000;

/** Keeps a page's state fresh from one GET. Hints with old versions are dropped, overlapping asks become one. */
export class Freshness<T extends Versioned> {
  private wanted = 0;
  private asking: Promise<void> | null = null;
  private again = false;
  private up = false;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    private readonly parts: Parts<T>,
    private version: number,
  ) {}

  /** Follows a socket: asks on connect, listens to `events`. */
  follow(socket: Pick<Socket, 'on'>, ...events: string[]): void {
    socket.on('connect', () => {
      this.up = true;
      void this.ask();
    });
    socket.on('disconnect', () => {
      this.up = false;
    });
    for (const event of events) socket.on(event, (hint: Versioned) => void this.hint(hint.version));
    this.timer ??= setInterval(() => {
      if (!this.up && this.parts.pending()) void this.ask();
    }, DOWN_MS);
  }

  /** The server says that `version` exists. */
  hint(version: number): Promise<void> {
    this.wanted = Math.max(this.wanted, version);
    return this.wanted > this.version ? this.ask() : Promise.resolve();
  }

  /** Asks now; while an ask is under way, one more follows it. */
  ask(): Promise<void> {
    if (this.asking) {
      this.again = true;
      return this.asking;
    }
    this.asking = this.once().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async once(): Promise<void> {
    do {
      this.again = false;
      try {
        const state = await this.parts.fetch();
        // Answers may overtake each other.
        if (state.version >= this.version) {
          this.version = state.version;
          this.parts.apply(state);
        }
      } catch (error) {
        this.parts.failed?.(error);
        return;
      }
    } while (this.again);
  }
}
