import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { FileTree, comparePaths, freePath, pathProblem, rows, unixLines } from '../../frontend/workspace/files.ts';

test.each([
  ['worker.py', null], ['payouts/worker.py', null], ['données/été.md', null], ['', 'empty'], ['/etc/passwd', 'bad_part'],
  ['../a', 'bad_part'], ['a//b', 'bad_part'], ['a/./b', 'bad_part'], [' a.py', 'bad_part'], ['a\\b', 'bad_character'],
  ['a\u202eyp.exe', 'bad_character'], ['a\nb', 'bad_character'], ['a\u0000', 'bad_character'], ['<img>', 'bad_character'],
  ['x'.repeat(101), 'too_long'], ['é'.repeat(51), 'too_long'], [Array(13).fill('a').join('/'), 'too_long'], ['a\u200bb', 'bad_character'], ['NOTES.md', 'taken'], ['notes.MD', 'taken'],
  ['notes.md/a', 'folder'], ['src', 'folder'],
] as const)('path %j', (path, problem) => expect(pathProblem(path, ['notes.md', 'src/a.py'])).toBe(problem));

function made(): { doc: Y.Doc; tree: FileTree } {
  const doc = new Y.Doc();
  return { doc, tree: new FileTree(doc, 3) };
}

test('create, rename, read', () => {
  const { tree } = made();
  const id = tree.create('a.py', { text: 'x\r\ny\rz' });
  expect(tree.body(id).toString()).toBe('x\ny\nz');
  tree.rename(id, 'b/c.py');
  expect(tree.byPath('b/c.py')?.id).toBe(id);
  expect(tree.problem('B/C.py')).toBe('taken');
  expect(tree.problem('b/c.py', id)).toBeNull();
});

test('a deleted file comes back with its text and its place', () => {
  const { tree } = made();
  const id = tree.create('a.py', { text: 'kept' });
  const undo = tree.remove(id)!;
  expect(tree.list()).toEqual([]);
  undo();
  expect(tree.get(id)?.path).toBe('a.py');
  expect(tree.body(id).toString()).toBe('kept');
});

test('undo of a delete makes room when the name was taken meanwhile', () => {
  const { tree } = made();
  const undo = tree.remove(tree.create('a.py', { text: '' }))!;
  tree.create('a.py', { text: '' });
  undo();
  expect(tree.list().map((file) => file.path)).toEqual(['a-2.py', 'a.py']);
});

test('read-only files are not removed', () => {
  const { doc, tree } = made();
  const id = tree.create('a.py', { text: '' });
  (doc.getMap('tree').get(id) as Y.Map<unknown>).set('readonly', true);
  expect(tree.remove(id)).toBeNull();
});

test('the number of files is bounded', () => {
  const { tree } = made();
  for (const name of ['a', 'b', 'c']) tree.create(name, { text: '' });
  expect(tree.problem('d')).toBe('too_many');
});

test('entries of another shape are left out', () => {
  const { doc, tree } = made();
  const map = doc.getMap('tree');
  map.set('1', 'text');
  map.set('2', new Y.Map([['path', 7]]));
  map.set('3', new Y.Map([['path', 'a'], ['kind', 'script']]));
  expect(tree.list()).toEqual([]);
});

test('folders first, numbers as people count', () => {
  const paths = ['b.py', 'a10.py', 'z/b.py', 'a2.py', 'z/y/c.py'];
  expect(paths.sort(comparePaths)).toEqual(['z/y/c.py', 'z/b.py', 'a2.py', 'a10.py', 'b.py']);
});

test('rows of the tree, with a closed folder', () => {
  const { tree } = made();
  tree.create('src/deep/a.py', { text: '' });
  tree.create('src/b.py', { text: '' });
  tree.create('c.md', { text: '' });
  const shown = (closed: string[]) => rows(tree.list(), new Set(closed)).map((row) => `${row.level} ${row.name}`);
  expect(shown([])).toEqual(['1 src', '2 deep', '3 a.py', '2 b.py', '1 c.md']);
  expect(shown(['src/deep/'])).toEqual(['1 src', '2 deep', '2 b.py', '1 c.md']);
  expect(shown(['src/'])).toEqual(['1 src', '1 c.md']);
});

test('free names and line endings', () => {
  expect(freePath('src/a.py', ['src/a.py', 'src/a-2.py'])).toBe('src/a-3.py');
  expect(freePath('.env', ['.env'])).toBe('.env-2');
  expect(unixLines('a\r\nb\rc\n')).toBe('a\nb\nc\n');
});
