// Native dialogs: opened and closed by name, and a question that waits for its answer.
import { onAct, targetOf } from './acts.ts';
import { el, icon } from './dom.ts';
import { _ } from './messages.ts';

export interface Question {
  title: string;
  text: string;
  yes: string;
  no?: string;
  danger?: boolean;
  /** Asks for a reason in one field; the answer is then the text, and may not be empty. */
  reason?: string;
}

/** Asks; resolves to null when the person turned back, else to the reason ('' where none was asked). */
export function ask(question: Question): Promise<string | null> {
  const title = el('h2', { class: 'h2', id: 'ask-title' }, question.title);
  const close = { type: 'button', class: 'btn btn-ghost btn-icon btn-sm', 'data-act': 'close', 'aria-label': _('Close') };
  const head = el('div', { class: 'dialog-head' }, el('div', { class: 'min-w-0 grow' }, title), el('button', close, icon('x')));
  const body = el('div', { class: 'p-5 grid gap-3.5' }, el('p', { class: 'text-sm text-ink-2' }, question.text));
  const field = question.reason ? el('textarea', { class: 'input', id: 'ask-reason', rows: 3, required: true }) : null;
  if (field) body.append(el('div', { class: 'field' }, el('label', { class: 'label', for: 'ask-reason' }, question.reason), field));
  const no = el('button', { type: 'button', class: 'btn', 'data-act': 'close', autofocus: !field }, question.no ?? _('Cancel'));
  const yes = el('button', { class: `btn ${question.danger ? 'btn-danger-solid' : 'btn-primary'}` }, question.yes);
  const form = el('form', { method: 'dialog' }, head, body, el('div', { class: 'dialog-foot' }, no, yes));
  const dialog = el('dialog', { class: 'dialog w-[460px]', 'aria-labelledby': 'ask-title' }, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let answer: string | null = null;
    form.addEventListener('submit', () => {
      answer = field ? field.value.trim() : '';
      if (field && !answer) answer = null;
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.showModal();
    field?.focus();
  });
}

/** Asks yes or no. */
export async function confirm(question: Omit<Question, 'reason'>): Promise<boolean> {
  return (await ask(question)) !== null;
}

export function startDialogs(): void {
  onAct('open', (element) => {
    const dialog = targetOf(element);
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  });
  onAct('close', (element) => element.closest('dialog')?.close());
}
