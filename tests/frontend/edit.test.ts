import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { applyEdit, follow, offsetOf, placeOf, smallestEdit } from '../../frontend/workspace/editor/edit.ts';

const apply = (text: string, edit: { at: number; remove: number; insert: string }): string =>
  text.slice(0, edit.at) + edit.insert + text.slice(edit.at + edit.remove);

test('equal texts need no edit', () => expect(smallestEdit('a', 'a')).toBeNull());

test('the caret tells which of equal letters was typed', () => {
  expect(smallestEdit('aaa', 'aaaa', 1)).toEqual({ at: 0, remove: 0, insert: 'a' });
  expect(smallestEdit('aaa', 'aaaa', 4)).toEqual({ at: 3, remove: 0, insert: 'a' });
});

test('a pair that makes one character is never cut', () => {
  const edit = smallestEdit('😀', '😁')!;
  expect(edit).toEqual({ at: 0, remove: 2, insert: '😁' });
});

test('any two texts are joined by their edit', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  const letters = ['a', 'b', '\n', '😀', '😁', 'é'];
  const text = (): string => Array.from({ length: random(12) }, () => letters[random(letters.length)]).join('');
  for (let round = 0; round < 2000; round++) {
    const [before, after] = [text(), text()];
    const edit = smallestEdit(before, after, random(after.length + 1));
    if (!edit) expect(before).toBe(after);
    else {
      expect(apply(before, edit)).toBe(after);
      expect(edit.insert.isWellFormed()).toBe(true);
    }
  }
});

test('an edit in a shared text', () => {
  const text = new Y.Doc().getText('t');
  text.insert(0, 'hello');
  applyEdit(text, smallestEdit('hello', 'help')!, null);
  expect(text.toString()).toBe('help');
});

test('an offset follows what others insert and delete', () => {
  expect(follow(5, [{ insert: 'abc' }])).toBe(8);
  expect(follow(5, [{ retain: 5 }, { insert: 'abc' }])).toBe(8);
  expect(follow(5, [{ retain: 6 }, { insert: 'abc' }])).toBe(5);
  expect(follow(5, [{ retain: 1 }, { delete: 2 }])).toBe(3);
  expect(follow(5, [{ retain: 3 }, { delete: 9 }])).toBe(3);
  expect(follow(5, [{ retain: 8 }, { delete: 2 }])).toBe(5);
});

test('places and offsets', () => {
  const text = 'ab\ncde\n';
  expect(placeOf(text, 5)).toEqual({ line: 2, column: 3 });
  expect(offsetOf(text, 2, 3)).toBe(5);
  expect(offsetOf(text, 2, 99)).toBe(6);
  expect(offsetOf(text, 99)).toBe(text.length);
});
