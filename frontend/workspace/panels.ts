// Panels: four tabs on phones; on wide screens the sizes change by buttons and are remembered.
import { need } from '../lib/dom.ts';
import { announce } from '../lib/live.ts';
import { _ } from '../lib/messages.ts';
import { recall, remember } from '../lib/store.ts';
import { chooseTab } from '../lib/tabs.ts';

const STEPS: Record<string, readonly string[]> = {
  left: ['closed', 'narrow', 'normal', 'wide'],
  bottom: ['closed', 'low', 'normal', 'high'],
};

/** The next step of a panel's size; stays at the ends. */
export function nextStep(panel: string, now: string, by: number): string {
  const steps = STEPS[panel] ?? [];
  const at = steps.indexOf(now) < 0 ? steps.indexOf('normal') : steps.indexOf(now);
  return steps[Math.max(0, Math.min(steps.length - 1, at + by))] ?? now;
}

function isWide(): boolean {
  return matchMedia('(min-width: 861px)').matches;
}

/** Shows a panel: task, code, tests or answers. */
export function showPanel(name: string, focus = true): void {
  const tab = document.getElementById(`tab-p-${name}`);
  if (tab) chooseTab(tab);
  if (name === 'task' || name === 'answers') chooseLeft(name);
  const grid = need('main');
  if (name === 'tests' && grid.dataset.bottom === 'closed') grid.dataset.bottom = 'normal';
  if (name !== 'code' && name !== 'tests' && grid.dataset.left === 'closed') grid.dataset.left = 'normal';
  if (focus) document.querySelector<HTMLElement>(`#p-${name} [data-panel-focus]`)?.focus();
}

function chooseLeft(name: string): void {
  need('main').dataset.side = name;
  for (const button of document.querySelectorAll<HTMLElement>('[data-side-tab]')) {
    const on = button.dataset.sideTab === name;
    button.setAttribute('aria-selected', String(on));
    button.tabIndex = on ? 0 : -1;
  }
}

export function startPanels(): void {
  const grid = need('main');
  for (const panel of Object.keys(STEPS)) grid.dataset[panel] = recall(`panel:${panel}`) ?? 'normal';
  document.addEventListener('click', (event) => {
    const target = event.target as Element;
    const size = target.closest<HTMLElement>('[data-resize]');
    if (size) {
      const panel = size.dataset.resize!;
      const next = nextStep(panel, grid.dataset[panel] ?? 'normal', Number(size.dataset.by));
      grid.dataset[panel] = next;
      remember(`panel:${panel}`, next);
      announce(next === 'closed' ? _('Panel closed') : _('Panel size changed'));
    }
    const side = target.closest<HTMLElement>('[data-side-tab]');
    if (side) chooseLeft(side.dataset.sideTab!);
    if (target.closest('#files-toggle')) {
      const open = grid.dataset.files !== 'open';
      grid.dataset.files = open ? 'open' : '';
      need('files-toggle').setAttribute('aria-expanded', String(open));
    }
  });
  document.addEventListener('keydown', (event) => {
    const tab = (event.target as Element | null)?.closest?.<HTMLElement>('[data-side-tab]');
    if (!tab || !['ArrowLeft', 'ArrowRight'].includes(event.key)) return;
    event.preventDefault();
    const other = [...document.querySelectorAll<HTMLElement>('[data-side-tab]')].find((each) => each !== tab);
    if (!other) return;
    chooseLeft(other.dataset.sideTab!);
    other.focus();
  });
  if (isWide()) need('main').dataset.side = 'task';
}

/** After choosing a file on a phone, the list gives way to the editor. */
export function closeFiles(): void {
  need('main').dataset.files = '';
  need('files-toggle').setAttribute('aria-expanded', 'false');
}
