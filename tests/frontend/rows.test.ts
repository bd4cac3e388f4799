import { expect, test } from 'vitest';
import { step } from '../../frontend/lib/rows.ts';

test('rows: starts at the first, stays at the ends', () => {
  expect(step(-1, 1, 3)).toBe(0);
  expect(step(-1, -1, 3)).toBe(0);
  expect(step(1, 1, 3)).toBe(2);
  expect(step(2, 1, 3)).toBe(2);
  expect(step(0, -1, 3)).toBe(0);
  expect(step(-1, 1, 0)).toBe(-1);
});
