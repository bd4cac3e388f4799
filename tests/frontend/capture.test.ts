import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AwayWatch, Reporter, pasteEvent } from '../../frontend/lib/capture.ts';
import type { Batch, CapturedEvent } from '../../frontend/workspace/contract.ts';

class MemoryStorage {
  private readonly map = new Map<string, string>();
  getItem(key: string): string | null { return this.map.get(key) ?? null; }
  setItem(key: string, value: string): void { this.map.set(key, value); }
  removeItem(key: string): void { this.map.delete(key); }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('sessionStorage', new MemoryStorage());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const opened = (file: string): CapturedEvent => ({ kind: 'opened_file', claimed_at: 1, payload: { file } });

function made(answers: boolean[], declared = ['opened_file', 'pasted', 'away']) {
  const sent: Batch[] = [];
  let ids = 0;
  const send = async (batch: Batch): Promise<boolean> => {
    sent.push(structuredClone(batch));
    return answers.shift() ?? true;
  };
  return { sent, reporter: new Reporter('w', new Set(declared) as never, send, () => `batch-${++ids}`) };
}

test('events travel together, once', async () => {
  const { sent, reporter } = made([]);
  reporter.add(opened('a'));
  reporter.add(opened('b'));
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent.map((batch) => batch.events.length)).toEqual([2]);
  expect(reporter.pending).toBe(0);
});

test('what the manifest does not declare is never sent', async () => {
  const { sent, reporter } = made([], ['away']);
  reporter.add(opened('a'));
  reporter.add(pasteEvent('secret', 'f', true));
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toEqual([]);
});

test('a batch that was not taken comes again under the same id, with nothing added', async () => {
  const { sent, reporter } = made([false, true, true]);
  reporter.add(opened('a'));
  await vi.advanceTimersByTimeAsync(2000);
  reporter.add(opened('b'));
  await vi.advanceTimersByTimeAsync(12_000);
  expect(sent.map((batch) => [batch.batch, batch.events.length])).toEqual([['batch-1', 1], ['batch-1', 1], ['batch-2', 1]]);
});

test('what was not taken survives a reload', async () => {
  const first = made([false, false, false]);
  first.reporter.add(opened('a'));
  await vi.advanceTimersByTimeAsync(2000);
  const second = made([]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(second.sent[0]?.batch).toBe('batch-1');
  expect(second.sent[0]?.events).toEqual([opened('a')]);
});

test('a paste tells its length and nothing of its text', () => {
  const event = pasteEvent('x = 1\ny = "😀"\n', 'file-id', true, 7);
  expect(event).toEqual({ kind: 'pasted', claimed_at: 7, payload: { length: 14, lines: 3, file: 'file-id', trusted: true } });
});

function watch() {
  const told: [number, boolean][] = [];
  return { told, away: new AwayWatch((ms, trusted) => told.push([ms, trusted])) };
}

test('blur and hidden together are one event with the whole duration', async () => {
  const { told, away } = watch();
  away.left(true);
  await vi.advanceTimersByTimeAsync(20);
  away.left(true);
  await vi.advanceTimersByTimeAsync(74_000);
  away.back();
  away.back();
  expect(told).toEqual([[74_020, true]]);
});

test('a flicker under 300 ms is no leaving', async () => {
  const { told, away } = watch();
  away.left(true);
  await vi.advanceTimersByTimeAsync(200);
  away.back();
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toEqual([]);
});

test('an event made by a script is told as such', async () => {
  const { told, away } = watch();
  away.left(false);
  await vi.advanceTimersByTimeAsync(500);
  away.back();
  expect(told).toEqual([[500, false]]);
});
