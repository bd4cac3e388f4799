// Regions that follow rooms: `<div id="people" data-follow="assessment:<uuid>" data-follow-events="attempt.changed">`.
// A hint only says "look again": the region is fetched from the page's own address and replaced. The same happens on
// every connect, and every 15 s while something is pending (`data-follow-pending`) and the socket is down.
import { htmx } from './hypertext.ts';
import { openSocket, type Socket } from './socket.ts';

const SETTLE_MS = 250;
const BUSY_MS = 2000;
const DOWN_MS = 15_000;

/** Words of an attribute, each once. */
export function words(text: string | undefined): string[] {
  return [...new Set((text ?? '').split(/\s+/).filter(Boolean))];
}

/** Somebody works inside: a dialog is open or a field has the focus. Replacing it now would take it from their hands. */
export function isBusy(region: Element): boolean {
  return region.querySelector(':popover-open, dialog[open], input:focus, textarea:focus, select:focus') !== null;
}

/** Calls `look` soon after the last of many asks; one at a time; later while `busy`. */
export class Looker {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private looking = false;
  private again = false;

  constructor(
    private readonly look: () => Promise<unknown>,
    private readonly busy: () => boolean,
  ) {}

  ask(ms = SETTLE_MS): void {
    if (this.looking) {
      this.again = true;
      return;
    }
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.now(), ms);
  }

  private async now(): Promise<void> {
    this.timer = null;
    if (this.busy()) {
      this.ask(BUSY_MS);
      return;
    }
    this.looking = true;
    try {
      await this.look();
    } finally {
      this.looking = false;
      if (this.again) {
        this.again = false;
        this.ask();
      }
    }
  }
}

function watch(socket: Socket, region: HTMLElement, known: Set<string>): void {
  for (const room of words(region.dataset.follow)) {
    if (known.has(room)) continue;
    known.add(room);
    socket.emit('room.watch', room);
  }
}

/** Lets one region follow its rooms. It is found again by its id after each replacement. */
export function follow(id: string): void {
  const region = (): HTMLElement | null => document.getElementById(id);
  const first = region();
  if (!first) return;
  const socket = openSocket('/', {});
  const known = new Set<string>();
  const looker = new Looker(
    async () => {
      // A page that ends by leading elsewhere is asked for as a whole.
      if (region()?.dataset.followWhole !== undefined) return location.reload();
      await htmx.ajax('get', location.href, { target: `#${id}`, select: `#${id}`, swap: 'outerHTML' });
      const fresh = region();
      if (fresh && socket.connected) watch(socket, fresh, known);
    },
    () => isBusy(region() ?? document.body),
  );
  let before = false;
  socket.on('connect', () => {
    known.clear();
    const now = region();
    if (now) watch(socket, now, known);
    // The page was drawn a moment ago; after a gap it may have missed something.
    if (before) looker.ask();
    before = true;
  });
  for (const event of words(first.dataset.followEvents)) socket.on(event, () => looker.ask());
  setInterval(() => {
    if (!socket.connected && region()?.dataset.followPending !== undefined) looker.ask();
  }, DOWN_MS);
}
