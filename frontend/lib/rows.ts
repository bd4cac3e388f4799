// Tables worked by keyboard:
//   <table data-rows data-bulk="bulk-bar-id"> with <tr data-row tabindex="-1"> rows,
//   <input type="checkbox" data-pick> in a row, <input type="checkbox" data-pick-all> in the head, <a data-open> in a row.
// J and K move, Space picks, Enter opens. A row that is moved to gets class `peek` and the event `row.chosen`, which
// htmx can trigger on (hx-trigger="row.chosen" loads a peek panel). The bulk bar shows with the first picked row.
import { _, ngettext } from './messages.ts';
import { bindKeys } from './shortcuts.ts';

/** Which row a step leads to; stays at the ends, and starts at the first. */
export function step(at: number, by: number, count: number): number {
  if (count === 0) return -1;
  return at < 0 ? 0 : Math.max(0, Math.min(count - 1, at + by));
}

function table(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-rows]');
}

function rows(): HTMLElement[] {
  return [...(table()?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
}

function current(): HTMLElement | null {
  return rows().find((row) => row.classList.contains('peek')) ?? null;
}

function choose(row: HTMLElement): void {
  for (const other of rows()) other.classList.toggle('peek', other === row);
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
  row.dispatchEvent(new CustomEvent('row.chosen', { bubbles: true }));
}

function move(by: number): void {
  const all = rows();
  const row = all[step(all.findIndex((each) => each.classList.contains('peek')), by, all.length)];
  if (row) choose(row);
}

function picks(): HTMLInputElement[] {
  return [...(table()?.querySelectorAll<HTMLInputElement>('input[data-pick]') ?? [])];
}

/** Draws what is picked: rows, the box in the head, the bulk bar and its count. */
export function drawPicks(): void {
  const all = picks();
  const picked = all.filter((box) => box.checked);
  for (const box of all) box.closest('[data-row]')?.setAttribute('aria-selected', String(box.checked));
  const head = table()?.querySelector<HTMLInputElement>('input[data-pick-all]');
  if (head) {
    head.checked = picked.length > 0 && picked.length === all.length;
    head.indeterminate = picked.length > 0 && picked.length < all.length;
  }
  const bar = document.getElementById(table()?.dataset.bulk ?? '');
  if (!bar) return;
  bar.hidden = picked.length === 0;
  const count = bar.querySelector('[data-selected]');
  if (count) count.textContent = ngettext('%(num)d selected', '%(num)d selected', picked.length);
}

export function startRows(): void {
  if (!table()) return;
  bindKeys(
    { keys: 'j', label: _('Next row'), run: () => move(1) },
    { keys: 'k', label: _('Previous row'), run: () => move(-1) },
    {
      keys: 'space',
      label: _('Select the row'),
      run: (event) => {
        // On a button or a box, Space is that control's own key.
        const target = event.target as HTMLElement;
        if (target.closest('button, a, input, summary, [role="button"]')) target.click();
        else current()?.querySelector<HTMLInputElement>('input[data-pick]')?.click();
      },
    },
    {
      keys: 'enter',
      label: _('Open the row'),
      run: (event) => {
        const target = event.target as HTMLElement;
        if (target.closest('button, a, input, summary, [role="button"]')) target.click();
        else current()?.querySelector<HTMLElement>('a[data-open]')?.click();
      },
    },
  );
  document.addEventListener('change', (event) => {
    const box = event.target as HTMLElement;
    if (!(box instanceof HTMLInputElement) || !box.closest('[data-rows]')) return;
    if (box.matches('[data-pick-all]')) for (const each of picks()) each.checked = box.checked;
    if (box.matches('[data-pick], [data-pick-all]')) drawPicks();
  });
  document.addEventListener('click', (event) => {
    const target = event.target as Element;
    if (target.closest('[data-act="unpick"]')) {
      for (const each of picks()) each.checked = false;
      drawPicks();
    }
    const row = target.closest<HTMLElement>('[data-row]');
    if (row && !target.closest('a, button, input, label')) choose(row);
  });
  document.body.addEventListener('htmx:afterSettle', drawPicks);
  drawPicks();
}
