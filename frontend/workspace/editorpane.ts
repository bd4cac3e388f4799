// The middle of the workspace: open files as tabs, the editor, the status bar, and the choice of editor.
import * as Y from 'yjs';
import type { Awareness } from 'y-protocols/awareness';
import { el, icon, need } from '../lib/dom.ts';
import { _ } from '../lib/messages.ts';
import { recall, remember } from '../lib/store.ts';
import { nextTab } from '../lib/tabs.ts';
import type { PageData } from './contract.ts';
import { CodeMirrorEditor } from './editor/codemirror.ts';
import { findPeers } from './peers.ts';
import { indentOf } from './editor/languages.ts';
import type { Diagnostic, EditorPort, Place } from './editor/port.ts';
import { PlainEditor } from './editor/textarea.ts';
import type { FileInfo, FileTree } from './files.ts';

interface Host {
  data: PageData;
  files: FileTree;
  awareness: Awareness;
  opened: (id: string) => void;
  pasted: (text: string, file: string, trusted: boolean) => void;
  locked: () => boolean;
}

const CHOICE = 'editor';

export class EditorPane {
  private readonly tabs = need('file-tabs');
  private readonly editorBox = need('editor-host');
  private readonly binaryBox = need('editor-binary');
  private port: EditorPort;
  private plain = recall(CHOICE) === 'plain';
  private open: string[];
  private shown: string | null = null;
  private undo = new Map<string, Y.UndoManager>();
  private faults = new Map<string, Diagnostic[]>();
  private place: Place = { line: 1, column: 1, leaves: false };
  private readonly key: string;

  constructor(private readonly host: Host) {
    this.key = `open:${host.data.workspace}`;
    this.open = this.firstOpen();
    this.port = this.makePort();
    this.tabs.addEventListener('click', (event) => this.onClick(event));
    this.tabs.addEventListener('keydown', (event) => this.onKey(event));
    const choice = need<HTMLInputElement>('editor-plain');
    choice.checked = this.plain;
    choice.addEventListener('change', () => this.switchEditor(choice.checked));
    host.files.observe(() => this.onTree());
    host.awareness.on('change', () => this.drawPeers());
    this.show(this.open.find((id) => host.files.get(id)) ?? host.files.list().find((file) => file.kind === 'text')?.id ?? null, false);
  }

  get current(): string | null {
    return this.shown;
  }

  /** Opens a file (and puts the caret at a line). */
  show(id: string | null, focus = true, line = 0, column = 1): void {
    const file = id ? this.host.files.get(id) : null;
    if (file && !this.open.includes(file.id)) this.open.push(file.id);
    const changed = this.shown !== (file?.id ?? null);
    this.shown = file?.id ?? null;
    if (changed || !file) this.mount(file);
    if (line) this.port.select(line, column);
    else if (focus) this.port.focus();
    if (file && changed) this.host.opened(file.id);
    remember(this.key, JSON.stringify(this.open));
    this.drawTabs();
    this.tellPlace();
  }

  /** Marks what compilers said, by path. */
  setFaults(list: Map<string, Diagnostic[]>): void {
    this.faults = list;
    this.drawFaults();
  }

  /** Mounts again: read-only once the attempt is over. */
  refresh(): void {
    this.mount(this.shown ? this.host.files.get(this.shown) : null);
  }

  focus(): void {
    this.port.focus();
  }

  private firstOpen(): string[] {
    const kept = JSON.parse(recall(this.key) ?? '[]') as string[];
    const known = kept.filter((id) => this.host.files.get(id));
    if (known.length) return known;
    return this.host.data.open.flatMap((path) => this.host.files.byPath(path)?.id ?? []);
  }

  private makePort(): EditorPort {
    const port = this.plain ? new PlainEditor(this.editorBox) : new CodeMirrorEditor(this.editorBox, this.host.data.nonce);
    port.onMove((place) => {
      this.place = place;
      this.drawStatus();
      this.tellPlace();
    });
    port.onPaste((text, trusted) => {
      if (this.shown) this.host.pasted(text, this.shown, trusted);
    });
    return port;
  }

  private switchEditor(plain: boolean): void {
    this.plain = plain;
    remember(CHOICE, plain ? 'plain' : 'code');
    this.port.dispose();
    this.port = this.makePort();
    this.refresh();
    this.drawPeers();
  }

  private mount(file: FileInfo | null): void {
    const text = file?.kind === 'text' ? file : null;
    this.editorBox.hidden = !text;
    this.binaryBox.hidden = Boolean(text);
    if (!text) this.drawBinary(file);
    this.port.open(text && { id: text.id, path: text.path, text: this.host.files.body(text.id), readonly: text.readonly || this.host.locked(), undo: this.undoOf(text.id) });
    this.drawFaults();
    this.drawPeers();
    this.drawStatus();
  }

  private undoOf(id: string): Y.UndoManager {
    const found = this.undo.get(id);
    if (found) return found;
    // Only own edits are undone: remote ones carry the provider as origin.
    const made = new Y.UndoManager(this.host.files.body(id), { captureTimeout: 500 });
    made.trackedOrigins.add(null);
    this.undo.set(id, made);
    return made;
  }

  private drawBinary(file: FileInfo | null): void {
    if (!file) {
      this.binaryBox.replaceChildren(el('p', { class: 'text-ink-2' }, _('No file is open. Choose one from the list, or add one.')));
      return;
    }
    const href = this.host.data.urls.blob.replace('{blob}', encodeURIComponent(file.blob));
    const size = _('%(n)s kB, not a text file', { n: Math.max(1, Math.round(file.size / 1024)) });
    this.binaryBox.replaceChildren(
      icon('file', 'icon-xl text-ink-3'), el('p', { class: 'font-semibold wrap-anywhere' }, file.path), el('p', { class: 'text-ink-2' }, size),
      el('a', { class: 'btn mt-3', href, download: file.path.split('/').at(-1) ?? '' }, icon('download'), _('Download')),
    );
  }

  private onTree(): void {
    this.open = this.open.filter((id) => this.host.files.get(id));
    if (this.shown && !this.host.files.get(this.shown)) this.show(this.open.at(-1) ?? null, false);
    else this.drawTabs();
  }

  private drawTabs(): void {
    const files = this.open.flatMap((id) => this.host.files.get(id) ?? []);
    const names = files.map((file) => file.path.split('/').at(-1)!);
    this.tabs.replaceChildren(
      ...files.map((file, at) => {
        const on = file.id === this.shown;
        const twice = names.filter((name) => name === names[at]).length > 1;
        const tab = { type: 'button', role: 'tab', class: 'ftab', 'data-file': file.id, 'aria-selected': String(on), tabindex: on ? 0 : -1, title: file.path };
        const mark = file.readonly ? icon('lock', 'icon-sm', _('read-only')) : icon('file-code', 'icon-sm');
        const close = el('span', { class: 'ftab-x', 'data-close': file.id, 'aria-hidden': 'true', title: _('Close (Delete)') }, icon('x', 'icon-sm'));
        return el('button', tab, mark, el('span', { class: 'truncate' }, twice ? file.path : names[at]!), close);
      }),
    );
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const close = target.closest<HTMLElement>('[data-close]');
    const tab = target.closest<HTMLElement>('[data-file]');
    if (close) this.closeTab(close.dataset.close!);
    else if (tab) this.show(tab.dataset.file!, false);
  }

  private onKey(event: KeyboardEvent): void {
    const tab = (event.target as Element).closest<HTMLElement>('[data-file]');
    if (!tab) return;
    if (event.key === 'Delete') {
      this.closeTab(tab.dataset.file!);
    } else {
      const all = [...this.tabs.querySelectorAll<HTMLElement>('[data-file]')];
      const next = nextTab(event.key, all.indexOf(tab), all.length, document.dir === 'rtl');
      if (next === null) return;
      this.show(all[next]!.dataset.file!, false);
    }
    event.preventDefault();
    this.tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }

  private closeTab(id: string): void {
    this.open = this.open.filter((other) => other !== id);
    if (this.shown === id) this.show(this.open.at(-1) ?? null, false);
    else this.drawTabs();
    remember(this.key, JSON.stringify(this.open));
  }

  private drawFaults(): void {
    const path = this.shown ? this.host.files.get(this.shown)?.path : '';
    this.port.diagnostics(this.faults.get(path ?? '') ?? []);
  }

  private drawStatus(): void {
    const file = this.shown ? this.host.files.get(this.shown) : null;
    need('status-place').textContent = file?.kind === 'text' ? _('Line %(line)s, column %(column)s', { line: this.place.line, column: this.place.column }) : '';
    need('status-indent').textContent = file?.kind === 'text' ? _('Spaces: %(n)s', { n: indentOf(file.path) }) : '';
    need('status-readonly').hidden = !(file?.readonly || this.host.locked());
    const leave = this.plain ? _('Tab leaves the editor') : this.place.leaves ? _('Tab now leaves the editor') : _('Press Esc, then Tab, to leave the editor');
    const text = need('status-leave');
    if (text.textContent !== leave) text.textContent = leave;
  }

  private tellPlace(): void {
    const at = this.port.selection();
    const file = this.shown;
    if (!at || !file) return;
    const text = this.host.files.body(file);
    const relative = (offset: number): unknown => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, offset));
    this.host.awareness.setLocalStateField('place', { file, anchor: relative(at.anchor), head: relative(at.head) });
  }

  private drawPeers(): void {
    const peers = findPeers(this.host.awareness, this.host.files);
    this.port.decorate(peers.flatMap((peer) => (peer.mark && peer.file === this.shown ? [peer.mark] : [])));
    const note = need('peers');
    note.hidden = peers.length === 0;
    note.textContent = peers.length ? _('Also open in another tab or on another device') : '';
  }
}
