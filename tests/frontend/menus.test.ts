import { expect, test } from 'vitest';
import { place } from '../../frontend/lib/menus.ts';
import { nextTab } from '../../frontend/lib/tabs.ts';

const view = { width: 400, height: 300 };

test('a menu opens below its button', () => {
  expect(place({ left: 20, right: 50, top: 10, bottom: 40 }, { width: 100, height: 80 }, view)).toEqual({ left: 20, top: 46 });
});

test('a menu stays inside the window', () => {
  const at = place({ left: 380, right: 398, top: 260, bottom: 290 }, { width: 100, height: 80 }, view);
  expect(at).toEqual({ left: 292, top: 174 });
});

test('a menu of right-to-left text hangs from the right edge', () => {
  expect(place({ left: 200, right: 250, top: 10, bottom: 40 }, { width: 100, height: 80 }, view, true).left).toBe(150);
});

test('arrow keys wrap around the tabs, mirrored in right-to-left text', () => {
  expect(nextTab('ArrowRight', 3, 4)).toBe(0);
  expect(nextTab('ArrowLeft', 0, 4)).toBe(3);
  expect(nextTab('ArrowLeft', 0, 4, true)).toBe(1);
  expect(nextTab('End', 0, 4)).toBe(3);
  expect(nextTab('a', 0, 4)).toBeNull();
});
