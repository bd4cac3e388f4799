// The editor on every device: CodeMirror 6 bound to the shared text.
import { autocompletion, closeBrackets, closeBracketsKeymap, completeAnyWord, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers,
} from '@codemirror/view';
import { tagHighlighter, tags } from '@lezer/highlight';
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next';
import { _ } from '../../lib/messages.ts';
import { unixLines } from '../files.ts';
import { applyEdit, smallestEdit } from './edit.ts';
import { indentOf, languageOf } from './languages.ts';
import { marks, setDiagnostics, setMarks } from './marks.ts';
import { Listeners, type Diagnostic, type EditorPort, type Mark, type OpenFile, type Place } from './port.ts';

/** How long Tab leaves the editor after Esc. */
const LEAVE_MS = 6000;

/** Pygments' class names, so that listings on other pages and the editor share their colours. */
const colours = tagHighlighter([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword], class: 'k' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp, tags.character], class: 's' },
  { tag: [tags.number, tags.bool, tags.null, tags.escape, tags.meta], class: 'mi' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.heading], class: 'nf' },
  { tag: [tags.className, tags.typeName, tags.namespace, tags.tagName, tags.standard(tags.variableName)], class: 'nc' },
  { tag: [tags.comment, tags.quote], class: 'c1' },
]);

const fixed: Extension = [
  lineNumbers(), highlightActiveLineGutter(), highlightActiveLine(), drawSelection(), indentOnInput(), bracketMatching(),
  closeBrackets(), autocompletion({ override: [completeAnyWord], activateOnTyping: true, maxRenderedOptions: 20 }),
  highlightSelectionMatches(), syntaxHighlighting(colours), marks, EditorState.tabSize.of(4),
  // Only LF separates lines: offsets must be those of the shared text.
  EditorState.lineSeparator.of('\n'), EditorView.clipboardInputFilter.of(unixLines),
];

export class CodeMirrorEditor implements EditorPort {
  private readonly changed = new Listeners<[]>();
  private readonly moved = new Listeners<[Place]>();
  private readonly pasted = new Listeners<[string, boolean]>();
  private readonly language = new Compartment();
  private readonly view: EditorView;
  private file: OpenFile | null = null;
  private leavesUntil = 0;

  constructor(
    host: HTMLElement,
    private readonly nonce: string,
  ) {
    this.view = new EditorView({ parent: host, state: this.stateOf(null) });
  }

  open(file: OpenFile | null): void {
    this.file = file;
    this.view.setState(this.stateOf(file));
    if (file) void this.setLanguage(file);
    this.tellPlace();
  }

  read(): string {
    return this.view.state.doc.toString();
  }

  write(text: string): void {
    if (!this.file || this.file.readonly) return;
    const edit = smallestEdit(this.file.text.toString(), text);
    if (edit) applyEdit(this.file.text, edit, null);
  }

  select(line: number, column = 1): void {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(1, line), doc.lines));
    const anchor = Math.min(at.from + column - 1, at.to);
    this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
    this.view.focus();
  }

  selection(): { anchor: number; head: number } | null {
    const { anchor, head } = this.view.state.selection.main;
    return this.file ? { anchor, head } : null;
  }

  decorate(list: Mark[]): void {
    this.view.dispatch({ effects: setMarks.of(list) });
  }

  diagnostics(list: Diagnostic[]): void {
    this.view.dispatch({ effects: setDiagnostics.of(list) });
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
    this.view.focus();
  }

  dispose(): void {
    this.view.destroy();
  }

  private stateOf(file: OpenFile | null): EditorState {
    const common = [EditorView.cspNonce.of(this.nonce), fixed, this.keys(), this.events(), this.language.of([])];
    if (!file) return EditorState.create({ doc: '', extensions: [common, EditorState.readOnly.of(true)] });
    const { text, undo, path, readonly } = file;
    return EditorState.create({
      doc: text.toString(),
      extensions: [
        common,
        // Without awareness: its own carets use style attributes.
        yCollab(text, null, { undoManager: undo }),
        indentUnit.of(' '.repeat(indentOf(path))),
        EditorState.readOnly.of(readonly),
        EditorView.contentAttributes.of({ 'aria-label': path, 'aria-multiline': 'true', tabindex: '0' }),
      ],
    });
  }

  private keys(): Extension {
    const leave = {
      key: 'Escape',
      run: (view: EditorView): boolean => {
        view.setTabFocusMode(LEAVE_MS);
        this.leavesUntil = Date.now() + LEAVE_MS;
        this.tellPlace();
        setTimeout(() => this.tellPlace(), LEAVE_MS + 50);
        return false;
      },
    };
    return keymap.of([
      leave, ...closeBracketsKeymap, ...yUndoManagerKeymap, ...completionKeymap, ...searchKeymap, ...defaultKeymap, indentWithTab,
    ]);
  }

  private events(): Extension {
    return [
      EditorView.updateListener.of((update) => {
        if (update.docChanged) this.changed.tell();
        if (update.selectionSet || update.docChanged) this.tellPlace();
      }),
      EditorView.domEventHandlers({
        paste: (event) => {
          this.pasted.tell(event.clipboardData?.getData('text/plain') ?? '', event.isTrusted);
          return false;
        },
        blur: () => {
          this.leavesUntil = 0;
        },
      }),
      EditorState.phrases.of({ Find: _('Find'), Replace: _('Replace'), next: _('next'), previous: _('previous'), all: _('all'), close: _('close') }),
    ];
  }

  private async setLanguage(file: OpenFile): Promise<void> {
    const support = await languageOf(file.path);
    if (support && this.file === file) this.view.dispatch({ effects: this.language.reconfigure(support) });
  }

  private tellPlace(): void {
    const { head } = this.view.state.selection.main;
    const line = this.view.state.doc.lineAt(head);
    this.moved.tell({ line: line.number, column: head - line.from + 1, leaves: Date.now() < this.leavesUntil });
  }
}
