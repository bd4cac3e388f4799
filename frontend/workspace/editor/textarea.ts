// The plain editor: a text area, for readers and hands that a code editor does not suit. Tab leaves it, as everywhere.
import type * as Y from 'yjs';
import { el } from '../../lib/dom.ts';
import { _ } from '../../lib/messages.ts';
import { applyEdit, follow, offsetOf, placeOf, smallestEdit } from './edit.ts';
import { Listeners, type Diagnostic, type EditorPort, type Mark, type OpenFile, type Place } from './port.ts';

export class PlainEditor implements EditorPort {
  private readonly area = el('textarea', { class: 'plain-editor scroll', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', wrap: 'off' });
  private readonly notes = el('ul', { class: 'plain-notes', hidden: true });
  private readonly changed = new Listeners<[]>();
  private readonly moved = new Listeners<[Place]>();
  private readonly pasted = new Listeners<[string, boolean]>();
  private file: OpenFile | null = null;

  constructor(host: HTMLElement) {
    host.append(this.area, this.notes);
    this.area.addEventListener('input', this.onInput);
    this.area.addEventListener('keydown', this.onKey);
    this.area.addEventListener('paste', this.onPasted);
    document.addEventListener('selectionchange', this.onSelection);
  }

  open(file: OpenFile | null): void {
    this.file?.text.unobserve(this.onRemote);
    this.file = file;
    this.area.value = file?.text.toString() ?? '';
    this.area.readOnly = file?.readonly ?? true;
    this.area.setAttribute('aria-label', file ? file.path : _('No file'));
    this.diagnostics([]);
    file?.undo.trackedOrigins.add(this);
    file?.text.observe(this.onRemote);
  }

  read(): string {
    return this.area.value;
  }

  write(text: string): void {
    if (!this.file || this.file.readonly) return;
    const edit = smallestEdit(this.file.text.toString(), text);
    if (edit) applyEdit(this.file.text, edit, null);
  }

  select(line: number, column = 1): void {
    const at = offsetOf(this.area.value, line, column);
    this.area.focus();
    this.area.setSelectionRange(at, at);
    // A text area scrolls to its caret only when the focus comes anew.
    this.area.blur();
    this.area.focus();
  }

  selection(): { anchor: number; head: number } | null {
    return this.file ? { anchor: this.area.selectionStart, head: this.area.selectionEnd } : null;
  }

  decorate(_marks: Mark[]): void {
    // A text area cannot draw into its text; the bar above the editor says who else is here.
  }

  diagnostics(list: Diagnostic[]): void {
    this.notes.hidden = list.length === 0;
    this.notes.replaceChildren(
      ...list.slice(0, 20).map((each) => el('li', {}, _('Line %(line)s: %(text)s', { line: each.line, text: each.message }))),
    );
  }

  onChange(listener: () => void): () => void {
    return this.changed.add(listener);
  }

  onMove(listener: (place: Place) => void): () => void {
    return this.moved.add(listener);
  }

  onPaste(listener: (text: string, trusted: boolean) => void): () => void {
    return this.pasted.add(listener);
  }

  focus(): void {
    this.area.focus();
  }

  dispose(): void {
    this.open(null);
    document.removeEventListener('selectionchange', this.onSelection);
    this.area.remove();
    this.notes.remove();
  }

  private readonly onInput = (): void => {
    if (!this.file) return;
    const edit = smallestEdit(this.file.text.toString(), this.area.value, this.area.selectionEnd);
    if (edit) applyEdit(this.file.text, edit, this);
    this.changed.tell();
  };

  private readonly onRemote = (event: Y.YTextEvent): void => {
    if (event.transaction.origin === this) return;
    const [start, end] = [this.area.selectionStart, this.area.selectionEnd].map((at) => follow(at, event.delta));
    const { scrollTop, scrollLeft } = this.area;
    this.area.value = this.file?.text.toString() ?? '';
    this.area.setSelectionRange(start!, end!);
    this.area.scrollTo(scrollLeft, scrollTop);
    this.changed.tell();
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    // The browser's own history ends whenever somebody else's edit sets the value.
    if (key === 'z' || key === 'y') {
      event.preventDefault();
      if (key === 'y' || event.shiftKey) this.file?.undo.redo();
      else this.file?.undo.undo();
    }
  };

  private readonly onPasted = (event: ClipboardEvent): void => {
    this.pasted.tell(event.clipboardData?.getData('text/plain') ?? '', event.isTrusted);
  };

  private readonly onSelection = (): void => {
    if (document.activeElement !== this.area) return;
    this.moved.tell({ ...placeOf(this.area.value, this.area.selectionEnd), leaves: true });
  };
}
