import { expect, test } from 'vitest';
import { collect, verdict, type Seen } from '../../frontend/lib/drafts.ts';

test('secrets, tokens and files are not kept', () => {
  const entries: [string, FormDataEntryValue][] = [
    ['name', 'Ingrid'], ['tag', 'a'], ['tag', 'b'], ['password', 'hunter2'], ['csrf_token', 'x'], ['file', new File([], 'a')],
  ];
  expect(collect(entries, new Set(['password']))).toEqual({ name: ['Ingrid'], tag: ['a', 'b'] });
});

const seen: Seen = { sent: false, here: false, quiet: false, good: false, failed: false };

test.each([
  ['came back to the form', { here: true }, 'restore'],
  ['another page, nothing was sent', {}, 'keep'],
  ['sent, then sign-in or an error page', { sent: true, quiet: true }, 'keep'],
  ['sent, then another page', { sent: true }, 'clear'],
  ['sent, then the same page with good news', { sent: true, here: true, good: true }, 'clear'],
  ['sent, then back at the form after signing in', { sent: true, here: true }, 'restore'],
  ['the form came back with its errors and its values', { sent: true, here: true, failed: true }, 'keep'],
] as const)('%s', (_name, part, what) => expect(verdict({ ...seen, ...part })).toBe(what));
