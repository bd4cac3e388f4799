// What the workspace asks of an editor. Two adapters: CodeMirror, and a plain text area; both bind the same Y.Text.
import type * as Y from 'yjs';

export interface OpenFile {
  id: string;
  path: string;
  text: Y.Text;
  readonly: boolean;
  undo: Y.UndoManager;
}

/** A complaint about a line: what a compiler said. Lines and columns count from 1. */
export interface Diagnostic {
  line: number;
  column: number;
  severity: 'error' | 'warning';
  message: string;
}

/** Where the caret is; lines and columns count from 1. `leaves` when Tab now leaves the editor. */
export interface Place {
  line: number;
  column: number;
  leaves: boolean;
}

/** Another person's (or tab's) selection, as offsets into the text. */
export interface Mark {
  from: number;
  to: number;
  name: string;
}

export interface EditorPort {
  /** Shows a file; `null` shows none. */
  open(file: OpenFile | null): void;
  /** The text that is shown. */
  read(): string;
  /** Replaces the text by the smallest edit. */
  write(text: string): void;
  /** Puts the caret at a line (and column) and shows it. */
  select(line: number, column?: number): void;
  /** Shows where others are. */
  decorate(marks: Mark[]): void;
  diagnostics(list: Diagnostic[]): void;
  onChange(listener: () => void): () => void;
  onMove(listener: (place: Place) => void): () => void;
  /** The selection as offsets, or null without a file. */
  selection(): { anchor: number; head: number } | null;
  onPaste(listener: (text: string, trusted: boolean) => void): () => void;
  focus(): void;
  dispose(): void;
}

/** Listeners of one kind. */
export class Listeners<T extends unknown[]> {
  private all = new Set<(...values: T) => void>();

  add(listener: (...values: T) => void): () => void {
    this.all.add(listener);
    return () => this.all.delete(listener);
  }

  tell(...values: T): void {
    for (const listener of this.all) listener(...values);
  }
}
