// Menus and tips are popovers: the browser opens and closes them, this places them and moves the focus.

const GAP = 6;

/** Where a box goes: below its button, above when there is no room, always inside the window. */
export function place(
  anchor: { left: number; right: number; top: number; bottom: number },
  box: { width: number; height: number },
  view: { width: number; height: number },
  rtl = false,
): { left: number; top: number } {
  const wanted = rtl ? anchor.right - box.width : anchor.left;
  const left = Math.max(8, Math.min(wanted, view.width - box.width - 8));
  const below = anchor.bottom + GAP;
  const top = below + box.height > view.height - 8 ? Math.max(8, anchor.top - GAP - box.height) : below;
  return { left, top };
}

function put(popover: HTMLElement, anchor: Element): void {
  const view = { width: document.documentElement.clientWidth, height: innerHeight };
  const at = place(anchor.getBoundingClientRect(), popover.getBoundingClientRect(), view, document.dir === 'rtl');
  popover.style.left = `${at.left}px`;
  popover.style.top = `${at.top}px`;
}

function items(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role="menuitem"]:not([hidden], [aria-disabled="true"])')];
}

function moveInMenu(menu: HTMLElement, event: KeyboardEvent): void {
  const all = items(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (next === undefined || !all.length) return;
  event.preventDefault();
  all[next % all.length]?.focus();
}

function opened(event: Event): void {
  const popover = event.target as HTMLElement;
  if ((event as ToggleEvent).newState !== 'open' || !popover.matches('.menu[popover]')) return;
  const button = document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);
  if (button) put(popover, button);
  items(popover)[0]?.focus();
}

function showTip(button: HTMLElement, show: boolean): void {
  const tip = document.getElementById(button.dataset.tip ?? '');
  if (!tip?.isConnected || tip.matches(':popover-open') === show) return;
  tip.togglePopover(show);
  if (show) put(tip, button);
}

export function startMenus(): void {
  // `toggle` does not bubble, so it is caught on the way down.
  document.addEventListener('toggle', opened, true);
  document.addEventListener('keydown', (event) => {
    const menu = (event.target as Element | null)?.closest?.<HTMLElement>('.menu[popover]');
    if (menu) moveInMenu(menu, event);
  });
  document.addEventListener('click', (event) => {
    const item = (event.target as Element | null)?.closest('[role="menuitem"]');
    item?.closest<HTMLElement>('.menu[popover]')?.hidePopover();
  });
  for (const [name, show] of [['pointerover', true], ['focusin', true], ['pointerout', false], ['focusout', false]] as const) {
    document.addEventListener(name, (event) => {
      const button = (event.target as Element | null)?.closest?.<HTMLElement>('[data-tip]');
      if (button) showTip(button, show);
    });
  }
}
