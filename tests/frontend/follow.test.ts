import { afterEach, beforeEach, expect, test, vi } from 'vitest';

// htmx wants a document at import; the region's own fetch is not what is tested here.
vi.mock('../../frontend/lib/hypertext.ts', () => ({ htmx: {} }));
const { Looker, words } = await import('../../frontend/lib/follow.ts');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('words of an attribute, each once', () => {
  expect(words(' pack:a  pack:b pack:a ')).toEqual(['pack:a', 'pack:b']);
  expect(words(undefined)).toEqual([]);
});

test('many asks become one look, and one that comes meanwhile is not lost', async () => {
  let done: () => void = () => undefined;
  const look = vi.fn(() => new Promise<void>((resolve) => { done = resolve; }));
  const looker = new Looker(look, () => false);
  looker.ask();
  looker.ask();
  await vi.advanceTimersByTimeAsync(250);
  expect(look).toHaveBeenCalledTimes(1);
  looker.ask();
  await vi.advanceTimersByTimeAsync(1000);
  expect(look).toHaveBeenCalledTimes(1);
  done();
  await vi.advanceTimersByTimeAsync(250);
  expect(look).toHaveBeenCalledTimes(2);
});

test('nothing is replaced under busy hands', async () => {
  let busy = true;
  const look = vi.fn(async () => undefined);
  const looker = new Looker(look, () => busy);
  looker.ask();
  await vi.advanceTimersByTimeAsync(2250);
  expect(look).not.toHaveBeenCalled();
  busy = false;
  await vi.advanceTimersByTimeAsync(2000);
  expect(look).toHaveBeenCalledTimes(1);
});
