// Clicks by name: `<button data-act="open" data-target="dialog-id">`.

type Act = (element: HTMLElement, event: MouseEvent) => void;

const acts = new Map<string, Act>();

/** What a click on `[data-act=name]` does. */
export function onAct(name: string, act: Act): void {
  acts.set(name, act);
}

/** The element that `data-target` names. */
export function targetOf(element: HTMLElement): HTMLElement | null {
  return element.dataset.target ? document.getElementById(element.dataset.target) : null;
}

export function startActs(): void {
  document.addEventListener('click', (event) => {
    const element = (event.target as Element | null)?.closest<HTMLElement>('[data-act]');
    if (!element) return;
    if (element.getAttribute('aria-disabled') === 'true' || element.getAttribute('aria-busy') === 'true') {
      event.preventDefault();
      return;
    }
    acts.get(element.dataset.act ?? '')?.(element, event);
  });
}
