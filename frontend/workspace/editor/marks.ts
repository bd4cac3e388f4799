// Carets of others, and complaints of the compiler, as CodeMirror decorations made of classes and data attributes only:
// the stock ones use style attributes, which the policy forbids.
import { StateEffect, StateField, type Extension, type Text } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';
import type { Diagnostic, Mark } from './port.ts';

class Caret extends WidgetType {
  /** `at` is only there to make a moved caret a new one: its name shows again for a moment. */
  constructor(
    private readonly name: string,
    private readonly at: number,
  ) {
    super();
  }

  override eq(other: Caret): boolean {
    return other.name === this.name && other.at === this.at;
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement('span');
    caret.className = 'peer-caret';
    caret.dataset.name = this.name;
    caret.setAttribute('aria-hidden', 'true');
    return caret;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

export const setMarks = StateEffect.define<Mark[]>();
export const setDiagnostics = StateEffect.define<Diagnostic[]>();

function drawMarks(marks: Mark[], doc: Text): DecorationSet {
  const drawn = marks.flatMap((mark) => {
    const [from, to] = [Math.min(mark.from, mark.to), Math.max(mark.from, mark.to)].map((at) => Math.min(Math.max(0, at!), doc.length));
    const head = Math.min(Math.max(0, mark.to), doc.length);
    const caret = Decoration.widget({ widget: new Caret(mark.name, head), side: 1 }).range(head);
    return from === to ? [caret] : [Decoration.mark({ class: 'peer-sel' }).range(from!, to!), caret];
  });
  return Decoration.set(drawn, true);
}

function drawDiagnostics(list: Diagnostic[], doc: Text): DecorationSet {
  const drawn = list
    .filter((each) => each.line >= 1 && each.line <= doc.lines)
    .map((each) => {
      const attributes = { class: `cm-fault cm-fault-${each.severity}`, title: each.message };
      return Decoration.line({ attributes }).range(doc.line(each.line).from);
    });
  return Decoration.set(drawn, true);
}

function field<T>(effect: ReturnType<typeof StateEffect.define<T>>, draw: (value: T, doc: Text) => DecorationSet): Extension {
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update: (old, transaction) => {
      const set = transaction.effects.find((each) => each.is(effect));
      return set ? draw(set.value as T, transaction.newDoc) : old.map(transaction.changes);
    },
    provide: (self) => EditorView.decorations.from(self),
  });
}

export const marks: Extension = [field(setMarks, drawMarks), field(setDiagnostics, drawDiagnostics)];
