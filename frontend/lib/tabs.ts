// Tabs inside a page: arrow keys move, the chosen panel has data-active="true".

/** Chooses a tab; its panel is the element of aria-controls. */
export function chooseTab(tab: HTMLElement, focus = false): void {
  const list = tab.closest('[role="tablist"]');
  if (!list) return;
  for (const other of list.querySelectorAll<HTMLElement>('[role="tab"]')) {
    const on = other === tab;
    other.setAttribute('aria-selected', String(on));
    other.tabIndex = on ? 0 : -1;
    const panel = document.getElementById(other.getAttribute('aria-controls') ?? '');
    if (panel) panel.dataset.active = String(on);
  }
  if (focus) tab.focus();
  tab.dispatchEvent(new CustomEvent('tab.chosen', { bubbles: true }));
}

/** Which tab a key leads to, or null: wraps around, Home and End go to the ends. */
export function nextTab(key: string, at: number, count: number, rtl = false): number | null {
  const forward = rtl ? 'ArrowLeft' : 'ArrowRight';
  const back = rtl ? 'ArrowRight' : 'ArrowLeft';
  if (key === forward) return (at + 1) % count;
  if (key === back) return (at + count - 1) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : null;
}

export function startTabs(): void {
  document.addEventListener('click', (event) => {
    const tab = (event.target as Element | null)?.closest<HTMLElement>('button[role="tab"][aria-controls]');
    if (tab) chooseTab(tab);
  });
  document.addEventListener('keydown', (event) => {
    const tab = (event.target as Element | null)?.closest?.<HTMLElement>('button[role="tab"][aria-controls]');
    if (!tab) return;
    const all = [...(tab.closest('[role="tablist"]')?.querySelectorAll<HTMLElement>('[role="tab"]') ?? [])];
    const next = nextTab(event.key, all.indexOf(tab), all.length, document.dir === 'rtl');
    if (next === null) return;
    event.preventDefault();
    chooseTab(all[next]!, true);
  });
}
