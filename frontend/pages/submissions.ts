// The ranked table by keyboard: J K move, Space selects, Enter opens, A S X decide, Z takes back. Every key has a button.
import { need } from '../lib/dom.ts';
import { onHint } from '../lib/hints.ts';
import { ask } from '../lib/dialogs.ts';
import { csrfToken } from '../lib/http.ts';
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

let queue: Promise<void> = Promise.resolve();

/** Asks for the region anew, after whatever was asked before it: a redraw can then never overtake a decision. */
function redraw(url: string, form?: FormData): void {
  queue = queue.then(() => redrawNow(url, form)).catch(() => {
    showToast(_('The server did not answer. Nothing was changed.'), { kind: 'bad' });
  });
}

async function redrawNow(url: string, form?: FormData): Promise<void> {
  const headers = { 'HX-Request': 'true', 'X-CSRFToken': csrfToken() };
  const request: RequestInit = form ? { method: 'POST', body: form, headers } : { headers };
  const response = await fetch(url, { credentials: 'same-origin', ...request });
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('review');
  if (!fresh) return void showToast(_('The server could not do this.'), { kind: 'bad' });
  need('review').replaceWith(fresh);
  startTable();
  tell(fresh);
}

function send(choice: string, only: string[], reason: string): void {
  const form = new FormData();
  form.append('choice', choice);
  form.append('reason', reason);
  for (const each of only) form.append('attempt', each);
  redraw(need<HTMLFormElement>('decide').action, form);
}

const VERBS: Record<string, () => string> = {
  advance: () => _('Advance'),
  maybe: () => _('Keep as maybe'),
  reject: () => _('Reject'),
};

/** Decides upon the selected rows, or upon the one in the panel (always, when its own button was pressed). */
async function decide(choice: string, fromPanel = false): Promise<void> {
  const chosen = fromPanel ? [] : selected();
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
  if (!lastDeed) return void showToast(_('There is nothing to take back.'));
  const form = new FormData();
  form.append('deed', lastDeed);
  lastDeed = '';
  redraw(need<HTMLFormElement>('undo').action, form);
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
  redraw(need('review').dataset.here!);
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
  if (choice) { event.preventDefault(); return void decide(choice, target.closest('#peek') !== null); }
  if (target.closest('[data-clear]')) {
    for (const row of rows()) { const own = boxOf(row); if (own) own.checked = false; }
    return showSelection();
  }
  const row = target.closest<HTMLTableRowElement>('[data-row]');
  if (row && !target.closest('a, input, button')) focusRow(row, false);
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
