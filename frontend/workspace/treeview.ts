// The file tree: arrow keys move, Enter opens, F2 renames, Delete deletes and can be taken back. Names are only ever text.
import { el, icon, need } from '../lib/dom.ts';
import { Problem, sendForm, Unreachable } from '../lib/http.ts';
import { announce } from '../lib/live.ts';
import { _ } from '../lib/messages.ts';
import { showToast } from '../lib/toasts.ts';
import type { PageData, Uploaded } from './contract.ts';
import { freePath, rows, type FileTree, type PathProblem, type Row } from './files.ts';

interface Host {
  data: PageData;
  files: FileTree;
  open: (id: string) => void;
  /** The file that the editor shows. */
  current: () => string | null;
  locked: () => boolean;
}

const PROBLEMS: Record<PathProblem, () => string> = {
  empty: () => _('Give the file a name.'),
  too_long: () => _('That name is too long.'),
  bad_part: () => _('Names start inside this folder, without empty parts, “.” or “..”.'),
  bad_character: () => _('That name has a character that files here cannot have.'),
  taken: () => _('There is already a file with that name.'),
  folder: () => _('That name is a folder, or lies inside a file.'),
  too_many: () => _('There are as many files as this workspace takes.'),
};

export function problemText(problem: PathProblem): string {
  return PROBLEMS[problem]();
}

export class TreeView {
  private readonly box = need('file-tree');
  private closed = new Set<string>();
  private focused = '';
  private editing: HTMLElement | null = null;

  constructor(private readonly host: Host) {
    this.box.addEventListener('keydown', (event) => this.onKey(event));
    this.box.addEventListener('click', (event) => this.onClick(event));
    this.box.addEventListener('focusin', (event) => this.onFocus(event));
    need('file-new').addEventListener('click', () => this.startNew());
    need('file-rename').addEventListener('click', () => this.startRename(this.target()));
    need('file-delete').addEventListener('click', () => this.remove(this.target()));
    const picker = need<HTMLInputElement>('file-picker');
    need('file-upload').addEventListener('click', () => picker.click());
    picker.addEventListener('change', () => {
      void this.upload([...(picker.files ?? [])]);
      picker.value = '';
    });
    host.files.observe(() => this.draw());
    this.draw();
  }

  draw(): void {
    if (this.editing) return;
    const had = this.box.contains(document.activeElement);
    const all = rows(this.host.files.list(), this.closed);
    if (!all.some((row) => row.key === this.focused)) this.focused = this.host.current() ?? all[0]?.key ?? '';
    this.box.replaceChildren(...all.map((row) => this.rowOf(row)));
    if (had) this.focusRow();
    this.drawButtons();
  }

  private rowOf(row: Row): HTMLElement {
    const folder = row.file === null;
    const current = !folder && row.key === this.host.current();
    const mark = folder ? (row.open ? icon('folder-open') : icon('folder')) : row.file!.readonly ? icon('lock') : row.file!.kind === 'binary' ? icon('file') : icon('file-code');
    const attributes = {
      class: `tree-row tree-level-${Math.min(row.level, 6)}`,
      role: 'treeitem',
      'data-key': row.key,
      'aria-level': row.level,
      'aria-selected': String(current),
      'aria-expanded': folder ? String(row.open) : null,
      tabindex: row.key === this.focused ? 0 : -1,
      title: row.file?.path ?? row.key,
    };
    const words = row.file?.readonly ? el('span', { class: 'sr-only' }, _('read-only')) : null;
    return el('div', attributes, mark, el('span', { class: 'truncate' }, row.name), words);
  }

  private target(): string {
    const row = this.host.files.get(this.focused);
    return row ? row.id : this.host.current() ?? '';
  }

  private drawButtons(): void {
    const file = this.host.files.get(this.target());
    const locked = this.host.locked();
    for (const id of ['file-rename', 'file-delete']) need(id).setAttribute('aria-disabled', String(locked || !file || file.readonly));
    for (const id of ['file-new', 'file-upload']) need(id).setAttribute('aria-disabled', String(locked));
  }

  private focusRow(): void {
    this.box.querySelector<HTMLElement>(`[data-key="${CSS.escape(this.focused)}"]`)?.focus();
  }

  private onFocus(event: FocusEvent): void {
    const key = (event.target as HTMLElement).dataset.key;
    if (!key || key === this.focused) return;
    this.focused = key;
    for (const row of this.box.querySelectorAll<HTMLElement>('[data-key]')) row.tabIndex = row.dataset.key === key ? 0 : -1;
    this.drawButtons();
  }

  private onClick(event: MouseEvent): void {
    const row = (event.target as Element).closest<HTMLElement>('[data-key]');
    if (row && !this.editing) this.act(row.dataset.key!);
  }

  private act(key: string): void {
    this.focused = key;
    if (!key.endsWith('/')) {
      this.host.open(key);
      this.draw();
      return;
    }
    this.toggle(key, this.closed.has(key));
  }

  private toggle(key: string, open: boolean): void {
    if (open) this.closed.delete(key);
    else this.closed.add(key);
    this.draw();
    this.focusRow();
  }

  private onKey(event: KeyboardEvent): void {
    if (this.editing) return;
    const all = [...this.box.querySelectorAll<HTMLElement>('[data-key]')];
    const at = all.findIndex((row) => row.dataset.key === this.focused);
    const key = this.focused;
    const folder = key.endsWith('/');
    const actions: Record<string, () => void> = {
      ArrowDown: () => all[at + 1]?.focus(),
      ArrowUp: () => all[at - 1]?.focus(),
      Home: () => all[0]?.focus(),
      End: () => all.at(-1)?.focus(),
      ArrowRight: () => (folder && this.closed.has(key) ? this.toggle(key, true) : all[at + 1]?.focus()),
      ArrowLeft: () => (folder && !this.closed.has(key) ? this.toggle(key, false) : this.toParent(all, at)),
      Enter: () => this.act(key),
      ' ': () => this.act(key),
      F2: () => this.startRename(key),
      Delete: () => this.remove(key),
    };
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  private toParent(all: HTMLElement[], at: number): void {
    const level = Number(all[at]?.getAttribute('aria-level'));
    for (let before = at - 1; before >= 0; before--) {
      if (Number(all[before]!.getAttribute('aria-level')) < level) {
        all[before]!.focus();
        return;
      }
    }
  }

  private startNew(): void {
    if (this.host.locked()) return;
    const near = this.host.files.get(this.target())?.path ?? '';
    const folder = this.focused.endsWith('/') ? this.focused : near.slice(0, near.lastIndexOf('/') + 1);
    this.edit(folder, null, (path) => {
      const problem = this.host.files.problem(path);
      if (problem) return problemText(problem);
      const id = this.host.files.create(path, { text: '' });
      this.focused = id;
      this.host.open(id);
      return null;
    });
  }

  private startRename(id: string): void {
    const file = this.host.files.get(id);
    if (!file || file.readonly || this.host.locked()) return;
    const row = this.box.querySelector<HTMLElement>(`[data-key="${CSS.escape(id)}"]`);
    this.edit(file.path, row, (path) => {
      const problem = path === file.path ? null : this.host.files.problem(path, id);
      if (problem) return problemText(problem);
      if (path !== file.path) this.host.files.rename(id, path);
      return null;
    });
  }

  /** A field in the tree. `done` gives back what is wrong, or null when the name is taken over. */
  private edit(value: string, row: HTMLElement | null, done: (path: string) => string | null): void {
    const field = el('input', { class: 'input input-sm', value, 'aria-label': _('File name, with its folders'), 'aria-describedby': 'file-error', spellcheck: 'false', autocapitalize: 'off' });
    const error = el('p', { class: 'error-text', id: 'file-error', role: 'alert' });
    const box = el('div', { class: 'grid gap-1 p-1', role: 'none' }, field, error);
    this.editing = box;
    if (row) row.replaceWith(box);
    else this.box.prepend(box);
    const end = (): void => {
      const had = box.contains(document.activeElement);
      this.editing = null;
      box.remove();
      this.draw();
      // A new file has been opened in the editor, and the focus is there.
      if (had) this.focusRow();
    };
    let taking = false;
    const take = (): string | null => {
      // Opening the file takes the focus away, and so comes back here.
      if (taking) return null;
      taking = true;
      const problem = done(field.value.trim());
      taking = false;
      return problem;
    };
    const commit = (): void => {
      const problem = take();
      if (!problem) return end();
      error.textContent = problem;
      field.setAttribute('aria-invalid', 'true');
    };
    field.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      // The focus may move to the editor, which must not get this key.
      event.preventDefault();
      if (event.key === 'Enter') commit();
      else end();
    });
    field.addEventListener('blur', () => {
      if (this.editing !== box || taking) return;
      // Leaving with a good name takes it; leaving with another gives it up.
      if (field.value.trim()) take();
      end();
    });
    field.focus();
    const name = value.lastIndexOf('/') + 1;
    const dot = value.lastIndexOf('.');
    field.setSelectionRange(name, dot > name ? dot : value.length);
  }

  private remove(id: string): void {
    const file = this.host.files.get(id);
    if (!file || this.host.locked()) return;
    const undo = this.host.files.remove(id);
    if (!undo) {
      announce(_('This file cannot be deleted.'));
      return;
    }
    showToast(_('%(path)s deleted.', { path: file.path }), { undo });
  }

  private async upload(picked: File[]): Promise<void> {
    for (const file of picked) {
      if (file.size > this.host.data.limits.upload_bytes) {
        const most = Math.floor(this.host.data.limits.upload_bytes / 1024);
        showToast(_('%(name)s is larger than %(most)s kB, the most that a file here may have.', { name: file.name, most }), { kind: 'bad' });
        continue;
      }
      await this.uploadOne(file);
    }
  }

  private async uploadOne(file: File): Promise<void> {
    const taken = this.host.files.list().map((other) => other.path);
    const problem = this.host.files.problem(file.name);
    if (problem && problem !== 'taken') {
      showToast(`${file.name}: ${problemText(problem)}`, { kind: 'bad' });
      return;
    }
    const form = new FormData();
    form.set('file', file);
    try {
      const stored = await sendForm<Uploaded>(this.host.data.urls.upload, form);
      const path = problem ? freePath(file.name, taken) : file.name;
      const content = stored.kind === 'text' ? { text: stored.text ?? '' } : { blob: stored.blob ?? '', size: stored.size };
      this.host.open(this.host.files.create(path, content));
      showToast(_('%(path)s added.', { path }), { kind: 'good' });
    } catch (error) {
      const why = error instanceof Problem ? (error.fields.file?.join(' ') ?? error.message) : '';
      const text = error instanceof Unreachable ? _('The server did not answer. Nothing was added.') : why;
      showToast(`${file.name}: ${text}`, { kind: 'bad' });
    }
  }
}
