// Keys named in the markup: `<button data-key="a">Advance</button>` is clicked by A outside text fields.
// Parts that htmx brings later work the same, since the page is searched at each press.
import { bindKeys, type Shortcut } from './shortcuts.ts';

function visible(element: HTMLElement): boolean {
  return element.checkVisibility() && element.getAttribute('aria-disabled') !== 'true';
}

/** The element that a key clicks: the last visible one, so that an open panel comes before the page below it. */
export function keyed(key: string): HTMLElement | null {
  const all = [...document.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)];
  return all.filter(visible).at(-1) ?? null;
}

function labelOf(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  for (const part of copy.querySelectorAll('kbd, svg')) part.remove();
  return element.dataset.keyLabel ?? (copy.textContent?.trim() || (element.getAttribute('aria-label') ?? ''));
}

const known = new Set<string>();

function bind(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-key]')) {
    const keys = element.dataset.key ?? '';
    if (!keys || known.has(keys)) continue;
    known.add(keys);
    const shortcut: Shortcut = { keys, label: labelOf(element), run: () => keyed(keys)?.click() };
    bindKeys(shortcut);
  }
}

export function startKeys(): void {
  bind(document);
  document.body.addEventListener('htmx:afterSettle', () => bind(document));
}
