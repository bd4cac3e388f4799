import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Freshness } from '../../frontend/lib/socket.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function fakeSocket() {
  const handlers = new Map<string, (value?: unknown) => void>();
  return {
    socket: { on: (name: string, run: (value?: unknown) => void) => handlers.set(name, run) } as never,
    fire: (name: string, value?: unknown) => handlers.get(name)?.(value),
  };
}

function made(versions: number[], pending = () => true) {
  const applied: number[] = [];
  const fetch = vi.fn(async () => ({ version: versions.shift() ?? 99 }));
  const fresh = new Freshness({ fetch, apply: (state) => applied.push(state.version), pending }, 1);
  return { applied, fetch, fresh };
}

test('a hint with a known version asks nothing', async () => {
  const { fetch, fresh } = made([]);
  await fresh.hint(1);
  expect(fetch).not.toHaveBeenCalled();
});

test('hints while asking lead to exactly one more ask', async () => {
  const { applied, fetch, fresh } = made([2, 5]);
  await Promise.all([fresh.hint(2), fresh.hint(4), fresh.hint(5)]);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(applied).toEqual([2, 5]);
});

test('an answer older than what is shown is dropped', async () => {
  const { applied, fresh } = made([7, 3]);
  await fresh.ask();
  await fresh.ask();
  expect(applied).toEqual([7]);
});

test('connecting asks; a socket that is down makes the page ask every 15 s, only while something is pending', async () => {
  let pending = true;
  const { fetch, fresh } = made([], () => pending);
  const { socket, fire } = fakeSocket();
  fresh.follow(socket, 'attempt.changed');
  fire('connect');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetch).toHaveBeenCalledTimes(1);
  fire('disconnect');
  await vi.advanceTimersByTimeAsync(31_000);
  expect(fetch).toHaveBeenCalledTimes(3);
  pending = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetch).toHaveBeenCalledTimes(3);
  fresh.stop();
});

test('a failed ask is told, and the next one works', async () => {
  const failed = vi.fn();
  const answers = [Promise.reject(new Error('down')), Promise.resolve({ version: 4 })];
  const applied: number[] = [];
  const fresh = new Freshness({ fetch: () => answers.shift()!, apply: (s) => applied.push(s.version), pending: () => false, failed }, 1);
  await fresh.ask();
  await fresh.ask();
  expect(failed).toHaveBeenCalledOnce();
  expect(applied).toEqual([4]);
});
