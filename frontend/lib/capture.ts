// Reports what the manifest declares, and nothing else: being away from the tab, pastes by length, files opened.
// Reports go in batches with an id, are kept until the server has them, and wait through a reload.
import type { Batch, CapturedEvent, CaptureKind } from '../workspace/contract.ts';
import { recall, remember, forget } from './store.ts';

export interface Sender {
  /** Resolves to true when the server has the batch (or has refused it for good), to false to try again. */
  (batch: Batch): Promise<boolean>;
}

const COLLECT_MS = 1500;
const RETRY_MS = 5000;
const MAX_BATCH = 50;
const MAX_WAITING = 1000;

/** Events on their way to the server. */
export class Reporter {
  private waiting: CapturedEvent[] = [];
  private batch: Batch | null = null;
  private busy = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly key: string;

  constructor(
    private readonly workspace: string,
    private readonly declared: ReadonlySet<CaptureKind>,
    private readonly send: Sender,
    private readonly id: () => string = () => crypto.randomUUID(),
  ) {
    this.key = `reports:${workspace}`;
    const kept = recall(this.key, () => sessionStorage);
    if (kept) ({ batch: this.batch, waiting: this.waiting } = JSON.parse(kept) as Pick<Kept, 'batch' | 'waiting'>);
    if (this.batch || this.waiting.length) this.later(COLLECT_MS);
  }

  /** How many events the server does not have yet. */
  get pending(): number {
    return this.waiting.length + (this.batch?.events.length ?? 0);
  }

  add(event: CapturedEvent): void {
    if (!this.declared.has(event.kind) || this.waiting.length >= MAX_WAITING) return;
    this.waiting.push(event);
    this.keep();
    this.later(COLLECT_MS);
  }

  /** Sends now; one batch at a time, the same batch again until it is taken. */
  async flush(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.batch || this.waiting.length) {
        this.batch ??= { batch: this.id(), workspace: this.workspace, events: this.waiting.splice(0, MAX_BATCH) };
        this.keep();
        if (!(await this.send(this.batch))) {
          this.later(RETRY_MS);
          return;
        }
        this.batch = null;
        this.keep();
      }
    } finally {
      this.busy = false;
    }
  }

  private later(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, ms);
  }

  private keep(): void {
    if (!this.pending) forget(this.key, () => sessionStorage);
    else remember(this.key, JSON.stringify({ batch: this.batch, waiting: this.waiting }), () => sessionStorage);
  }
}

interface Kept {
  batch: Batch | null;
  waiting: CapturedEvent[];
}

const SETTLE_MS = 300;

/**
 * Makes one event of the blur and visibility events that belong together. Away begins when the page has been left for
 * 300 ms, and ends when it is looked at again; the duration counts from the moment of leaving.
 */
export class AwayWatch {
  private leftAt: number | null = null;
  private trusted = true;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private away = false;

  constructor(
    private readonly tell: (durationMs: number, trusted: boolean) => void,
    private readonly now: () => number = () => Date.now(),
  ) {}

  left(trusted: boolean): void {
    if (this.leftAt !== null) return;
    this.leftAt = this.now();
    this.trusted = trusted;
    this.timer = setTimeout(() => {
      this.away = true;
    }, SETTLE_MS);
  }

  back(): void {
    if (this.leftAt === null) return;
    if (this.timer) clearTimeout(this.timer);
    const duration = this.now() - this.leftAt;
    // A sleeping tab may run its timers late: the clock decides, too.
    if (this.away || duration >= SETTLE_MS) this.tell(duration, this.trusted);
    this.leftAt = null;
    this.away = false;
  }
}

/** Watches the page. Clicking into our own frame (a video) blurs the window, and is not leaving. */
export function watchAway(watch: AwayWatch): void {
  const here = (): boolean => document.visibilityState === 'visible' && document.hasFocus();
  document.addEventListener('visibilitychange', (event) => {
    if (document.visibilityState === 'hidden') watch.left(event.isTrusted);
    else if (here()) watch.back();
  });
  window.addEventListener('blur', (event) => {
    if (document.activeElement instanceof HTMLIFrameElement) return;
    watch.left(event.isTrusted);
  });
  window.addEventListener('focus', () => {
    if (document.visibilityState === 'visible') watch.back();
  });
}

/** The event of a paste: its length, never its text. */
export function pasteEvent(text: string, file: string, trusted: boolean, claimed_at = Date.now()): CapturedEvent {
  const lines = text === '' ? 0 : text.split('\n').length;
  return { kind: 'pasted', claimed_at, payload: { length: [...text].length, lines, file, trusted } };
}
