// One submission: the keys of the table, and a refresh when its grade arrives.
import { need } from '../lib/dom.ts';
import { onHint } from '../lib/hints.ts';
import { _ } from '../lib/messages.ts';
import { bindKeys } from '../lib/shortcuts.ts';
import { start } from '../lib/start.ts';
import { showToast } from '../lib/toasts.ts';

start();
const press = (choice: string): void => document.querySelector<HTMLButtonElement>(`#decide-one [data-choice="${choice}"]`)?.click();
const reason = (): HTMLInputElement => need<HTMLInputElement>('reason');

function reject(): void {
  if (reason().value.trim()) return press('reject');
  reason().focus();
  showToast(_('Say why in a sentence, then press Enter on Reject.'));
}

if (document.getElementById('decide-one')) {
  bindKeys(
    { keys: 'a', label: _('Advance'), run: () => press('advance') },
    { keys: 's', label: _('Maybe'), run: () => press('maybe') },
    { keys: 'x', label: _('Reject'), run: reject },
  );
}
const page = document.querySelector<HTMLElement>('[data-submission]')!;
onHint(page.dataset.room!, ['grade.changed'], () => showToast(_('The grade changed.'), { action: { label: _('Show it'), run: () => location.reload() } }));
