// The ranked table by keyboard: J K move, Space selects, Enter opens, A S X decide, Z takes back. Every key has a button.
import { need } from '../lib/dom.ts';
import { onHint } from '../lib/hints.ts';
import { ask } from '../lib/dialogs.ts';
import { htmx } from '../lib/hypertext.ts';
import { _, ngettext } from '../lib/messages.ts';
import { bindKeys } from '../lib/shortcuts.ts';
import { start } from '../lib/start.ts';
import { showToast } from '../lib/toasts.ts';

const PEEK_AFTER_MS = 140;
let current = '';
let peekTimer = 0;
/** The newest decision of this page: a hint may redraw the table before it is taken back. */
let lastDeed = '';

const rows = (): HTMLTableRowElement[] => [...document.querySelectorAll<HTMLTableRowElement>('[data-row]')];
const boxOf = (row: Element): HTMLInputElement | null => row.querySelector<HTMLInputElement>('input[name="attempt"]');
const selected = (): string[] =>
  [...document.querySelectorAll<HTMLInputElement>('input[name="attempt"]:checked')].map((box) => box.value);

function showSelection(): void {
  const chosen = selected().length;
  const text = document.querySelector('[data-selected]');
  if (text) text.textContent = chosen ? ngettext('One selected', '%(num)d selected', chosen) : _('Select rows');
  for (const row of rows()) row.setAttribute('aria-selected', String(boxOf(row)?.checked ?? false));
}

function peek(row: HTMLTableRowElement): void {
  clearTimeout(peekTimer);
  const panel = document.getElementById('peek');
  if (!panel || getComputedStyle(panel).display === 'none') return;
  peekTimer = window.setTimeout(() => void htmx.ajax('get', row.dataset.peek!, { source: panel, target: '#peek', swap: 'innerHTML' }), PEEK_AFTER_MS);
}

function focusRow(row: HTMLTableRowElement | undefined, scroll = true): void {
  if (!row) return;
  current = row.dataset.row ?? '';
  for (const each of rows()) each.classList.toggle('peek', each === row);
  if (scroll) row.scrollIntoView({ block: 'nearest' });
  peek(row);
}

function move(step: number): void {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.row === current);
  focusRow(all[Math.min(all.length - 1, Math.max(0, at + step))]);
}

const currentRow = (): HTMLTableRowElement | undefined => rows().find((row) => row.dataset.row === current);

// Each request has a source of its own: htmx lets a later request from the same source push out a waiting one.
function send(choice: string, only: string[], reason: string): void {
  const form = need<HTMLFormElement>('decide');
  void htmx.ajax('post', form.getAttribute('hx-post')!, {
    source: form, target: '#review', swap: 'outerHTML', values: { choice, reason, attempt: only },
  });
}

const VERBS: Record<string, () => string> = {
  advance: () => _('Advance'),
  maybe: () => _('Keep as maybe'),
  reject: () => _('Reject'),
};

async function decide(choice: string): Promise<void> {
  const chosen = selected();
  const only = chosen.length ? chosen : current ? [current] : [];
  if (!only.length) return void showToast(_('Select a row first, or move to one with J and K.'));
  if (choice !== 'reject' && only.length === 1) return send(choice, only, '');
  const reason = await ask({
    title: ngettext('Say why', 'Say why, for %(num)d submissions', only.length),
    text: _('One sentence. It stays with the decision; the candidate does not see it.'),
    reason: _('Reason'),
    yes: VERBS[choice]!(),
    danger: choice === 'reject',
  });
  if (reason) send(choice, only, reason);
}

function takeBack(): void {
  const form = document.getElementById('undo') as HTMLFormElement | null;
  if (!form || !lastDeed) return void showToast(_('There is nothing to take back.'));
  void htmx.ajax('post', form.getAttribute('hx-post')!, { source: form, target: '#review', swap: 'outerHTML', values: { deed: lastDeed } });
  lastDeed = '';
}

function tell(region: HTMLElement): void {
  const text = region.dataset.told;
  if (!text) return;
  lastDeed = region.dataset.deed ?? '';
  const kind = region.dataset.toldKind === 'warn' ? 'warn' : 'good';
  showToast(text, region.dataset.deed ? { kind, undo: takeBack } : { kind });
}

function refresh(): void {
  if (selected().length || document.querySelector('dialog[open]')) return;
  const region = need('review');
  void htmx.ajax('get', region.dataset.here!, { source: region, target: '#review', swap: 'outerHTML' });
}

function startTable(): void {
  showSelection();
  const row = currentRow();
  if (row) focusRow(row, false);
}

start();
startTable();
document.addEventListener('change', (event) => {
  const box = event.target as HTMLInputElement;
  if (box.matches('[data-all]')) for (const row of rows()) { const own = boxOf(row); if (own) own.checked = box.checked; }
  showSelection();
});
document.addEventListener('click', (event) => {
  const target = event.target as Element;
  const choice = target.closest<HTMLElement>('[data-choice]')?.dataset.choice;
  if (choice) { event.preventDefault(); return void decide(choice); }
  if (target.closest('[data-clear]')) {
    for (const row of rows()) { const own = boxOf(row); if (own) own.checked = false; }
    return showSelection();
  }
  const row = target.closest<HTMLTableRowElement>('[data-row]');
  if (row && !target.closest('a, input, button')) focusRow(row, false);
});
document.body.addEventListener('htmx:afterSwap', (event) => {
  const region = event.target as HTMLElement;
  if (region.id !== 'review' && !document.getElementById('review')?.dataset.told) return startTable();
  startTable();
  const now = document.getElementById('review');
  if (now?.dataset.told) { tell(now); delete now.dataset.told; }
});
bindKeys(
  { keys: 'j', label: _('Next submission'), run: () => move(1) },
  { keys: 'k', label: _('Previous submission'), run: () => move(-1) },
  { keys: 'space', label: _('Select'), run: () => { const row = currentRow(); const box = row && boxOf(row); if (box) { box.checked = !box.checked; showSelection(); } } },
  { keys: 'enter', label: _('Open'), run: () => currentRow()?.querySelector('a')?.click() },
  { keys: 'a', label: _('Advance'), run: () => void decide('advance') },
  { keys: 's', label: _('Maybe'), run: () => void decide('maybe') },
  { keys: 'x', label: _('Reject'), run: () => void decide('reject') },
  { keys: 'z', label: _('Take the last decision back'), run: takeBack },
);
onHint(need('review').dataset.room!, ['submission.changed', 'grade.changed', 'attempt.changed'], refresh);
