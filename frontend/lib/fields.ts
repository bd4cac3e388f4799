// Small helps for form fields and long texts.
import { onAct, targetOf } from './acts.ts';
import { _ } from './messages.ts';

export function startFields(): void {
  onAct('reveal', (element) => {
    const field = targetOf(element);
    if (!(field instanceof HTMLInputElement)) return;
    const shown = field.type === 'text';
    field.type = shown ? 'password' : 'text';
    element.setAttribute('aria-pressed', String(!shown));
    element.setAttribute('aria-label', shown ? _('Show password') : _('Hide password'));
  });
  document.querySelector<HTMLElement>('[data-focus]')?.focus();
  // What scrolls sideways must be reachable by keyboard; Markdown does not know what will.
  for (const block of document.querySelectorAll<HTMLElement>('.prose pre')) block.tabIndex = 0;
}
