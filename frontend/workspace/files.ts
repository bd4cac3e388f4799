// The files of a workspace: a tree of stable ids beside one text a file (shape in contract.ts).
import * as Y from 'yjs';
import type { Entry } from './contract.ts';

export interface FileInfo extends Entry {
  id: string;
}

export type PathProblem = 'empty' | 'too_long' | 'bad_part' | 'bad_character' | 'taken' | 'folder' | 'too_many';

// As core/workspaces/rules/paths.py, which checks again.
const MAX_PATH = 200;
const MAX_PART_BYTES = 100;
const MAX_PARTS = 12;
/** Control and invisible characters make names that look like other names; the others break on some machines. */
const BAD = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\\:*?"<>|]/u;

/** Why a path cannot be used, or null. */
export function pathProblem(path: string, taken: Iterable<string>): PathProblem | null {
  if (!path) return 'empty';
  const parts = path.split('/');
  const longest = Math.max(...parts.map((part) => new TextEncoder().encode(part).length));
  if (path.length > MAX_PATH || parts.length > MAX_PARTS || longest > MAX_PART_BYTES) return 'too_long';
  if (BAD.test(path)) return 'bad_character';
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part !== part.trim())) return 'bad_part';
  const wanted = path.toLowerCase();
  for (const other of taken) {
    const lower = other.toLowerCase();
    if (lower === wanted) return 'taken';
    if (lower.startsWith(`${wanted}/`) || wanted.startsWith(`${lower}/`)) return 'folder';
  }
  return null;
}

export class FileTree {
  private readonly tree: Y.Map<Y.Map<unknown>>;

  constructor(
    private readonly doc: Y.Doc,
    private readonly maxFiles: number,
  ) {
    this.tree = doc.getMap('tree');
  }

  /** All files, by path. What is stored is not trusted: entries of another shape are left out. */
  list(): FileInfo[] {
    const files = [...this.tree.entries()].flatMap(([id, entry]) => readEntry(id, entry));
    return files.sort((a, b) => comparePaths(a.path, b.path) || a.id.localeCompare(b.id));
  }

  get(id: string): FileInfo | null {
    return readEntry(id, this.tree.get(id))[0] ?? null;
  }

  byPath(path: string): FileInfo | null {
    return this.list().find((file) => file.path === path) ?? null;
  }

  /** The text of a file. */
  body(id: string): Y.Text {
    return this.doc.getText(`body:${id}`);
  }

  /** Why this path cannot be given to a new file (or to file `id`). */
  problem(path: string, id = ''): PathProblem | null {
    const others = this.list().filter((file) => file.id !== id);
    if (!id && others.length >= this.maxFiles) return 'too_many';
    return pathProblem(path, others.map((file) => file.path));
  }

  /** Adds a file and gives its id. The path must have no problem. */
  create(path: string, content: { text: string } | { blob: string; size: number }): string {
    const id = crypto.randomUUID();
    this.doc.transact(() => {
      const text = 'text' in content ? content.text : '';
      const binary = 'blob' in content ? content : { blob: '', size: 0 };
      this.put(id, { path, kind: 'text' in content ? 'text' : 'binary', ...binary, readonly: false });
      if (text) this.body(id).insert(0, unixLines(text));
    });
    return id;
  }

  rename(id: string, path: string): void {
    this.tree.get(id)?.set('path', path);
  }

  /** Takes a file out of the tree; gives back what puts it in again. Its text stays in the document. */
  remove(id: string): (() => void) | null {
    const file = this.get(id);
    if (!file || file.readonly) return null;
    this.tree.delete(id);
    return () => {
      const { id: _id, ...entry } = file;
      const taken = this.problem(entry.path) !== null;
      this.put(id, taken ? { ...entry, path: freePath(entry.path, this.list().map((other) => other.path)) } : entry);
    };
  }

  /** Calls `changed` after every change of the tree; gives back the way to stop. */
  observe(changed: () => void): () => void {
    this.tree.observeDeep(changed);
    return () => this.tree.unobserveDeep(changed);
  }

  private put(id: string, entry: Entry): void {
    this.tree.set(id, new Y.Map(Object.entries(entry)));
  }
}

function readEntry(id: string, entry: unknown): FileInfo[] {
  if (!(entry instanceof Y.Map)) return [];
  const path: unknown = entry.get('path');
  const kind: unknown = entry.get('kind');
  if (typeof path !== 'string' || (kind !== 'text' && kind !== 'binary')) return [];
  const blob: unknown = entry.get('blob');
  const size = Number(entry.get('size'));
  return [{ id, path, kind, blob: typeof blob === 'string' ? blob : '', size: size || 0, readonly: entry.get('readonly') === true }];
}

/** Line endings are LF everywhere: editors count in them. */
export function unixLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** `a.py` → `a-2.py`, the first that nobody has. */
export function freePath(path: string, taken: string[]): string {
  const dot = path.lastIndexOf('.');
  const cut = dot > path.lastIndexOf('/') + 1 ? dot : path.length;
  for (let n = 2; ; n++) {
    const next = `${path.slice(0, cut)}-${n}${path.slice(cut)}`;
    if (pathProblem(next, taken) === null) return next;
  }
}

/** Folders first, then names as people read them. */
export function comparePaths(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const folders = Number(right.length > at + 1) - Number(left.length > at + 1);
    if (folders) return folders;
    const order = left[at]!.localeCompare(right[at]!, 'en', { numeric: true });
    if (order) return order;
  }
  return left.length - right.length;
}

export interface Row {
  /** File id, or the folder's path with a slash at the end. */
  key: string;
  name: string;
  level: number;
  file: FileInfo | null;
  open: boolean;
}

/** The rows a tree shows: folders (open unless in `closed`) and the files in them. */
export function rows(files: FileInfo[], closed: ReadonlySet<string>): Row[] {
  const out: Row[] = [];
  const seen = new Set<string>();
  for (const file of files) {
    const parts = file.path.split('/');
    let hidden = false;
    for (let depth = 1; depth < parts.length && !hidden; depth++) {
      const key = `${parts.slice(0, depth).join('/')}/`;
      if (!seen.has(key)) {
        seen.add(key);
        out.push({ key, name: parts[depth - 1]!, level: depth, file: null, open: !closed.has(key) });
      }
      hidden = closed.has(key);
    }
    if (!hidden) out.push({ key: file.id, name: parts.at(-1)!, level: parts.length, file, open: false });
  }
  return out;
}
