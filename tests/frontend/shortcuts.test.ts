import { expect, test } from 'vitest';
import { KeyMap, nameOf, showKeys, type Pressed } from '../../frontend/lib/shortcuts.ts';

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key, code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more,
});
const outside = { text: false, singlesOff: false };
const inText = { text: true, singlesOff: false };

function map(...keys: string[]): KeyMap {
  const made = new KeyMap();
  for (const each of keys) made.add({ keys: each, label: each, run: () => {} });
  return made;
}

test('names of presses', () => {
  expect(nameOf(press('j'))).toBe('j');
  expect(nameOf(press('?', { shiftKey: true }))).toBe('?');
  expect(nameOf(press('J', { shiftKey: true }))).toBe('shift+j');
  expect(nameOf(press('Enter', { metaKey: true }))).toBe('mod+enter');
  expect(nameOf(press('Enter', { ctrlKey: true }))).toBe('mod+enter');
  expect(nameOf(press('¡', { altKey: true, code: 'Digit1' }))).toBe('alt+1');
  expect(nameOf(press(' '))).toBe('space');
});

test('single keys stay out of text fields, chords that ask for it do not', () => {
  const keys = map('j');
  keys.add({ keys: 'mod+s', label: '', run: () => {}, everywhere: true });
  expect(keys.press(press('j'), 0, inText)).toBeNull();
  expect(keys.press(press('j'), 0, outside)?.keys).toBe('j');
  expect(keys.press(press('s', { ctrlKey: true }), 0, inText)?.keys).toBe('mod+s');
});

test('the off switch stops single keys and spares chords', () => {
  const keys = map('j', '?', 'mod+enter', 'g d');
  const off = { text: false, singlesOff: true };
  expect(keys.press(press('j'), 0, off)).toBeNull();
  expect(keys.press(press('?'), 1, off)).toBeNull();
  expect(keys.press(press('Enter', { ctrlKey: true }), 2, off)?.keys).toBe('mod+enter');
});

test('a sequence needs its second key soon', () => {
  const keys = map('g d', 'd');
  keys.press(press('g'), 0, outside);
  expect(keys.press(press('d'), 500, outside)?.keys).toBe('g d');
  keys.press(press('g'), 1000, outside);
  expect(keys.press(press('d'), 5000, outside)?.keys).toBe('d');
});

test('keys are shown as the machine names them', () => {
  expect(showKeys('mod+enter', true)).toBe('⌘ ↵');
  expect(showKeys('mod+enter', false)).toBe('Ctrl ↵');
  expect(showKeys('g d', false)).toBe('G, D');
});
