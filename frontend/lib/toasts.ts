// Messages at the corner. They leave after a while, wait while pointed at or focused, and errors stay.
import { onAct } from './acts.ts';
import { el, icon } from './dom.ts';
import { _ } from './messages.ts';

const STAY_MS = 6000;
const UNDO_MS = 10_000;

export interface ToastOptions {
  kind?: '' | 'good' | 'warn' | 'bad';
  /** Offers to take it back, for ten seconds. */
  undo?: () => void;
  /** A further button. */
  action?: { label: string; run: () => void };
}

const MARKS = {
  '': () => icon('info', 'text-ink-2'),
  good: () => icon('circle-check', 'text-good-ink'),
  warn: () => icon('triangle-alert', 'text-warn-ink'),
  bad: () => icon('octagon-alert', 'text-bad-ink'),
};

function leaveLater(toast: HTMLElement, after: number): void {
  let timer = 0;
  const hold = (): void => clearTimeout(timer);
  const go = (): void => {
    hold();
    timer = window.setTimeout(() => toast.remove(), after);
  };
  toast.addEventListener('pointerenter', hold);
  toast.addEventListener('pointerleave', go);
  toast.addEventListener('focusin', hold);
  toast.addEventListener('focusout', go);
  go();
}

/** Shows a message; gives back a function that takes it away. */
export function showToast(text: string, options: ToastOptions = {}): () => void {
  const kind = options.kind ?? '';
  const toast = el('div', { class: 'toast', role: kind === 'bad' ? 'alert' : 'status', 'data-toast': kind });
  const close = (): void => toast.remove();
  toast.append(MARKS[kind](), el('span', { class: 'toast-text' }, text));
  for (const action of [options.action, options.undo && { label: _('Undo'), run: options.undo }]) {
    if (!action) continue;
    const button = el('button', { type: 'button', class: 'btn btn-sm -my-1' }, action.label);
    button.addEventListener('click', () => {
      close();
      action.run();
    });
    toast.append(button);
  }
  const dismiss = { type: 'button', class: 'btn btn-ghost btn-icon btn-sm -my-1', 'data-act': 'dismiss' };
  toast.append(el('button', { ...dismiss, 'aria-label': _('Dismiss') }, icon('x')));
  document.getElementById('toasts')?.append(toast);
  if (kind !== 'bad') leaveLater(toast, options.undo ? UNDO_MS : STAY_MS);
  return close;
}

export function startToasts(): void {
  onAct('dismiss', (element) => element.closest('[data-toast], .note')?.remove());
  for (const toast of document.querySelectorAll<HTMLElement>('#toasts [data-toast]')) {
    if (toast.dataset.toast !== 'bad') leaveLater(toast, STAY_MS);
  }
}
