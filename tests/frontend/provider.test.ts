import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { Provider, type Saving, type Spool, type Wire } from '../../frontend/workspace/provider.ts';

type Ack = (error: unknown, answer?: unknown) => void;

/** What a server does, small: one document, and faults on demand. */
class Server {
  readonly doc = new Y.Doc();
  readonly wires = new Set<TestWire>();
  stored = 0;
  /** Drops the answer to the next n messages, after doing the work. */
  loseAnswers = 0;
  /** Refuses updates with this code. */
  refuse = '';

  handle(from: TestWire, event: string, args: unknown[]): unknown {
    if (event === 'doc.join') {
      const update = Y.encodeStateAsUpdate(this.doc, args[1] as Uint8Array);
      return { update, stateVector: Y.encodeStateVector(this.doc), version: this.stored };
    }
    if (event === 'doc.update') {
      if (this.refuse) return { problem: { code: this.refuse, status: this.refuse === 'unavailable' ? 503 : 422, detail: 'No.' } };
      Y.applyUpdate(this.doc, args[1] as Uint8Array);
      this.stored++;
      for (const wire of this.wires) if (wire !== from) wire.hear('doc.updated', 'w', args[1]);
      return { at: new Date().toISOString() };
    }
    return undefined;
  }
}

class TestWire implements Wire {
  connected = false;
  private listeners = new Map<string, ((...args: never[]) => void)[]>();

  constructor(private readonly server: Server) {}

  on(event: string, listener: (...args: never[]) => void): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  hear(event: string, ...args: unknown[]): void {
    if (this.connected || event === 'disconnect') for (const each of this.listeners.get(event) ?? []) each(...(args as never[]));
  }

  connect(): void {
    this.connected = true;
    this.server.wires.add(this);
    this.hear('connect');
  }

  drop(): void {
    this.connected = false;
    this.server.wires.delete(this);
    this.hear('disconnect');
  }

  emit(): void {}

  timeout(ms: number) {
    return {
      emit: (event: string, ...rest: unknown[]): void => {
        const ack = rest.pop() as Ack;
        const live = this.connected;
        setTimeout(() => {
          const answer = live ? this.server.handle(this, event, rest) : undefined;
          if (!live || this.server.loseAnswers-- > 0) setTimeout(() => ack(new Error('timeout')), ms);
          else ack(null, answer);
        }, 5);
      },
    };
  }
}

function client(server: Server, spool: Spool | null = null) {
  const doc = new Y.Doc();
  const wire = new TestWire(server);
  const said: Saving[] = [];
  const provider = new Provider(wire, 'w', doc, new Awareness(doc), (saving) => said.push(saving), spool);
  return { doc, wire, provider, said, text: doc.getText('t'), now: () => provider.state.kind };
}

function memorySpool(): Spool & { kept: Uint8Array[] } {
  const spool = { kept: [] as Uint8Array[], save: (u: Uint8Array) => { spool.kept = [u]; }, load: () => spool.kept, clear: () => { spool.kept = []; } };
  return spool;
}

const settle = (ms = 400): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const truth = (server: Server): string => server.doc.getText('t').toString();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('joins, shows what the server has, and stores what is typed', async () => {
  const server = new Server();
  server.doc.getText('t').insert(0, 'seed');
  const a = client(server);
  expect(a.now()).toBe('joining');
  a.wire.connect();
  await settle();
  expect(a.text.toString()).toBe('seed');
  expect(a.now()).toBe('saved');
  a.text.insert(4, '!');
  expect(a.now()).toBe('saving');
  await settle();
  expect(a.now()).toBe('saved');
  expect(truth(server)).toBe('seed!');
  expect(server.stored).toBe(1);
});

test('keys typed together travel together', async () => {
  const server = new Server();
  const a = client(server);
  a.wire.connect();
  await settle();
  for (const letter of 'hello') a.text.insert(a.text.length, letter);
  await settle();
  expect(truth(server)).toBe('hello');
  expect(server.stored).toBe(1);
});

test('nothing is called saved before it is stored', async () => {
  const server = new Server();
  const a = client(server);
  a.wire.connect();
  await settle();
  for (let at = 0; at < 40; at++) {
    a.text.insert(a.text.length, String(at % 10));
    await settle(37);
    if (a.now() === 'saved') expect(truth(server)).toBe(a.text.toString());
  }
});

test('a lost answer doubles nothing and loses nothing', async () => {
  const server = new Server();
  const a = client(server);
  a.wire.connect();
  await settle();
  server.loseAnswers = 1;
  a.text.insert(0, 'once');
  await settle(200);
  a.text.insert(4, ' more');
  await settle(20_000);
  expect(truth(server)).toBe('once more');
  expect(a.now()).toBe('saved');
});

test('typing while offline is kept, said to be unsaved, and stored on return', async () => {
  const server = new Server();
  const a = client(server);
  const b = client(server);
  a.wire.connect();
  b.wire.connect();
  await settle();
  a.text.insert(0, 'both ');
  await settle();
  a.wire.drop();
  expect(a.provider.state).toEqual({ kind: 'offline', unsaved: false });
  a.text.insert(5, 'mine');
  b.text.insert(5, 'theirs');
  await settle();
  expect(a.provider.state).toEqual({ kind: 'offline', unsaved: true });
  a.wire.connect();
  await settle();
  expect(a.text.toString()).toBe(b.text.toString());
  expect(truth(server)).toBe(a.text.toString());
  expect(a.text.toString()).toContain('mine');
  expect(a.text.toString()).toContain('theirs');
});

test('a deletion made offline arrives too', async () => {
  const server = new Server();
  server.doc.getText('t').insert(0, 'keep drop');
  const a = client(server);
  a.wire.connect();
  await settle();
  a.wire.drop();
  a.text.delete(4, 5);
  a.wire.connect();
  await settle();
  expect(truth(server)).toBe('keep');
  expect(a.now()).toBe('saved');
});

test('many drops in mid-typing lose nothing', async () => {
  const server = new Server();
  const a = client(server);
  a.wire.connect();
  await settle();
  for (let round = 0; round < 30; round++) {
    a.text.insert(a.text.length, String.fromCharCode(97 + (round % 26)));
    await settle(13 + ((round * 29) % 90));
    if (round % 3 === 0) a.wire.drop();
    if (round % 3 === 1) a.wire.connect();
    if (round % 7 === 0) server.loseAnswers = 1;
  }
  if (!a.wire.connected) a.wire.connect();
  await settle(30_000);
  expect(truth(server)).toBe(a.text.toString());
  expect(a.text.length).toBe(30);
});

test('a refusal is said, and the next change tries again', async () => {
  const server = new Server();
  const a = client(server);
  a.wire.connect();
  await settle();
  server.refuse = 'too_large';
  a.text.insert(0, 'x'.repeat(10));
  await settle();
  expect(a.provider.state).toEqual({ kind: 'refused', code: 'too_large', detail: 'No.' });
  expect(await Promise.race([a.provider.flush(50), settle(100)])).toBe(false);
  server.refuse = '';
  a.text.delete(0, 5);
  await settle(5000);
  expect(a.now()).toBe('saved');
  expect(truth(server)).toBe('xxxxx');
});

test('a server that is short of breath is asked again', async () => {
  const server = new Server();
  const a = client(server);
  a.wire.connect();
  await settle();
  server.refuse = 'unavailable';
  a.text.insert(0, 'patient');
  await settle(3000);
  expect(a.now()).not.toBe('saved');
  server.refuse = '';
  await settle(15_000);
  expect(truth(server)).toBe('patient');
});

test('flush waits until everything is stored', async () => {
  const server = new Server();
  const a = client(server);
  a.wire.connect();
  await settle();
  a.text.insert(0, 'run me');
  const flushed = a.provider.flush();
  await settle();
  expect(await flushed).toBe(true);
  expect(truth(server)).toBe('run me');
});

test('unsent work survives a reload, deletions too', async () => {
  const server = new Server();
  server.doc.getText('t').insert(0, 'old text');
  const spool = memorySpool();
  const a = client(server, spool);
  a.wire.connect();
  await settle();
  a.wire.drop();
  a.text.delete(0, 4);
  a.text.insert(0, 'new ');
  a.provider.hurry();
  a.provider.close();
  expect(spool.kept).toHaveLength(1);
  const b = client(server, spool);
  b.wire.connect();
  await settle();
  expect(b.text.toString()).toBe('new text');
  expect(truth(server)).toBe('new text');
  expect(spool.kept).toHaveLength(0);
});
