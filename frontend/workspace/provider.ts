// Keeps a Yjs document in step with the server: stored, then acknowledged, then shown to others (contract.ts).
//
// There is no queue of updates to send again. What was not acknowledged is found by comparing state vectors at the next
// join, so a lost answer, a restart of the server or a night offline all take the same way.
import * as Y from 'yjs';
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates, type Awareness } from 'y-protocols/awareness';
import { isRefused, type Joined, type Refused, type Stored } from './contract.ts';

/** The part of a Socket.IO client that the provider uses. */
export interface Wire {
  readonly connected: boolean;
  on(event: string, listener: (...args: never[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  timeout(ms: number): { emit(event: string, ...args: unknown[]): unknown };
}

/** What is true about saving. `saved` is only ever said when the server has stored everything. */
export type Saving =
  | { kind: 'joining' }
  | { kind: 'saved'; atMs: number | null }
  | { kind: 'saving' }
  | { kind: 'offline'; unsaved: boolean }
  | { kind: 'refused'; code: string; detail: string };

/** Keeps what is not stored yet over a reload. */
export interface Spool {
  save(update: Uint8Array): void;
  load(): Uint8Array[];
  clear(): void;
}

const ACK_MS = 8000;
const COLLECT_MS = 120;
const SPOOL_MS = 1000;
const RETRY_MS = [500, 1000, 2000, 5000, 10_000];
const AWARENESS_MS = 250;

/** Refusals that may pass by themselves: out of step (409), too fast, or the server in trouble. */
export function isPassing(ack: Refused): boolean {
  return ack.problem.status === 409 || ack.problem.status === 429 || ack.problem.status >= 500;
}

const bytes = (value: ArrayBuffer | Uint8Array): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array(value));

/** Whether `mine` holds something that `theirs` lacks. */
export function isAhead(mine: Uint8Array, theirs: Uint8Array): boolean {
  const known = Y.decodeStateVector(theirs);
  return [...Y.decodeStateVector(mine)].some(([client, clock]) => clock > (known.get(client) ?? 0));
}

export class Provider {
  private saving: Saving = { kind: 'joining' };
  private joined = false;
  private joining = false;
  private everJoined = false;
  /** Local changes that no acknowledgement covers. */
  private dirty = false;
  private collected: Uint8Array[] = [];
  private inFlight = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private whereTimer: ReturnType<typeof setTimeout> | null = null;
  private spoolTimer: ReturnType<typeof setTimeout> | null = null;
  private tries = 0;
  private savedAtMs: number | null = null;
  private waiting: (() => void)[] = [];
  private closed = false;
  /** Grows with every join and drop: answers to what was asked before are too late to mean anything. */
  private epoch = 0;

  constructor(
    private readonly wire: Wire,
    private readonly workspace: string,
    readonly doc: Y.Doc,
    readonly awareness: Awareness,
    private readonly told: (saving: Saving) => void,
    private readonly spool: Spool | null = null,
  ) {
    doc.on('update', this.onLocal);
    awareness.on('update', this.onAwareness);
    wire.on('connect', () => this.join());
    wire.on('disconnect', () => this.drop());
    wire.on('doc.updated', (id: string, update: ArrayBuffer) => {
      if (id === workspace) Y.applyUpdate(doc, bytes(update), this);
    });
    wire.on('doc.awareness_changed', (id: string, update: ArrayBuffer) => {
      if (id === workspace) applyAwarenessUpdate(awareness, bytes(update), this);
    });
    wire.on('doc.awareness_asked', (id: string) => {
      if (id === workspace) this.tellWhere();
    });
    wire.on('doc.reset', (told: { workspace: string }) => {
      if (told.workspace === workspace) this.rejoin(0);
    });
    if (wire.connected) this.join();
  }

  get state(): Saving {
    return this.saving;
  }

  /** Resolves once the document has been loaded. */
  loaded(): Promise<void> {
    return this.everJoined ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Sends now, and resolves to true when everything is stored, to false after `withinMs`. */
  async flush(withinMs = 10_000): Promise<boolean> {
    const until = Date.now() + withinMs;
    this.send();
    while (this.dirty && Date.now() < until && !this.closed) await new Promise((resolve) => setTimeout(resolve, 25));
    return !this.dirty && this.everJoined;
  }

  /** Sends what is collected without waiting: the page may be going away. */
  hurry(): void {
    this.send();
    if (this.dirty) this.spool?.save(Y.encodeStateAsUpdate(this.doc));
  }

  close(): void {
    this.closed = true;
    this.doc.off('update', this.onLocal);
    this.awareness.off('update', this.onAwareness);
    if (this.timer) clearTimeout(this.timer);
    if (this.spoolTimer) clearTimeout(this.spoolTimer);
    if (this.whereTimer) clearTimeout(this.whereTimer);
  }

  private readonly onLocal = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return;
    this.dirty = true;
    if (this.joined) this.collected.push(update);
    else this.spoolSoon();
    if (this.saving.kind === 'refused') this.rejoin(2000);
    else this.say();
    if (!this.inFlight) this.later(COLLECT_MS, () => this.send());
  };

  private readonly onAwareness = (changes: Record<'added' | 'updated' | 'removed', number[]>, origin: unknown): void => {
    if (origin === this || !this.joined) return;
    if (![...changes.added, ...changes.updated, ...changes.removed].includes(this.doc.clientID)) return;
    if (this.awareness.getLocalState() === null) this.tellWhere();
    else {
      // Every key moves the caret; four times a second is enough to see it.
      this.whereTimer ??= setTimeout(() => {
        this.whereTimer = null;
        if (this.joined && !this.closed) this.tellWhere();
      }, AWARENESS_MS);
    }
  };

  private tellWhere(): void {
    this.wire.emit('doc.awareness', this.workspace, encodeAwarenessUpdate(this.awareness, [this.doc.clientID]));
  }

  /** A crash while offline should cost a second at most. */
  private spoolSoon(): void {
    this.spoolTimer ??= setTimeout(() => {
      this.spoolTimer = null;
      if (this.dirty && !this.closed) this.spool?.save(Y.encodeStateAsUpdate(this.doc));
    }, SPOOL_MS);
  }

  private later(ms: number, run: () => void): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      run();
    }, ms);
  }

  private drop(): void {
    this.epoch++;
    this.joined = false;
    this.joining = false;
    this.inFlight = false;
    this.collected = [];
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.doc.clientID);
    removeAwarenessStates(this.awareness, others, this);
    if (this.dirty) this.spool?.save(Y.encodeStateAsUpdate(this.doc));
    this.say();
  }

  private rejoin(afterMs: number): void {
    this.epoch++;
    this.joining = false;
    this.joined = false;
    this.inFlight = false;
    this.collected = [];
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.later(afterMs, () => this.join());
  }

  private join(): void {
    if (this.closed || this.joining || !this.wire.connected) return;
    this.joining = true;
    const epoch = ++this.epoch;
    const vector = Y.encodeStateVector(this.doc);
    this.wire.timeout(ACK_MS).emit('doc.join', this.workspace, vector, (error: unknown, ack?: Joined | Refused) => {
      if (this.closed || epoch !== this.epoch) return;
      this.joining = false;
      if (error || !ack) this.retry();
      else if (isRefused(ack)) this.refused(ack);
      else this.arrive(ack);
    });
  }

  private arrive(ack: Joined): void {
    Y.applyUpdate(this.doc, bytes(ack.update), this);
    if (!this.everJoined) this.takeFromSpool();
    const theirs = bytes(ack.stateVector);
    this.joined = true;
    this.tries = 0;
    // The whole delete set travels in every difference, so only send one when there is something to tell.
    this.dirty ||= isAhead(Y.encodeStateVector(this.doc), theirs);
    this.collected = this.dirty ? [Y.encodeStateAsUpdate(this.doc, theirs)] : [];
    this.inFlight = false;
    this.everJoined = true;
    this.waiting.splice(0).forEach((run) => run());
    this.tellWhere();
    if (this.dirty) this.send();
    else this.savedAtMs ??= Date.now();
    this.say();
  }

  private takeFromSpool(): void {
    const kept = this.spool?.load() ?? [];
    for (const update of kept) Y.applyUpdate(this.doc, update, this);
    // A state vector does not show deletions, so what was kept is always sent.
    this.dirty ||= kept.length > 0;
  }

  private send(): void {
    if (!this.joined || this.inFlight || !this.collected.length) return;
    const update = Y.mergeUpdates(this.collected.splice(0));
    this.inFlight = true;
    const batch = crypto.randomUUID();
    const { epoch } = this;
    this.wire.timeout(ACK_MS).emit('doc.update', this.workspace, update, batch, (error: unknown, ack?: Stored | Refused) => {
      if (this.closed || epoch !== this.epoch) return;
      this.inFlight = false;
      if (error || !ack) this.retry();
      else if (isRefused(ack)) this.refused(ack);
      else this.stored();
    });
    this.say();
  }

  private stored(): void {
    this.tries = 0;
    if (this.collected.length) {
      this.send();
      return;
    }
    this.dirty = false;
    this.savedAtMs = Date.now();
    this.spool?.clear();
    this.say();
  }

  private retry(): void {
    this.rejoin(RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]!);
    this.say();
  }

  private refused(ack: Refused): void {
    if (isPassing(ack)) {
      this.retry();
      return;
    }
    const { code, detail } = ack.problem;
    this.joined = false;
    this.collected = [];
    this.say({ kind: 'refused', code, detail });
  }

  private say(next?: Saving): void {
    this.saving = next ?? this.whatIsTrue();
    this.told(this.saving);
  }

  private whatIsTrue(): Saving {
    if (!this.everJoined && !this.dirty) return this.wire.connected ? { kind: 'joining' } : { kind: 'offline', unsaved: false };
    if (!this.joined) return { kind: 'offline', unsaved: this.dirty };
    return this.dirty ? { kind: 'saving' } : { kind: 'saved', atMs: this.savedAtMs };
  }
}
