// Keys. Single keys act only outside text fields and can be switched off (WCAG 2.1.4); chords with a modifier always act.
import { el, isTextField, need } from './dom.ts';
import { _ } from './messages.ts';
import { recall, remember } from './store.ts';

export interface Shortcut {
  /** `j`, `?`, `g d` (one after the other), `mod+enter` (⌘ or Ctrl), `alt+1`, `shift+x`. */
  keys: string;
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Acts inside text fields too; only sensible for chords. */
  everywhere?: boolean;
}

export interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const SEQUENCE_MS = 1200;

/** The name of what was pressed, in the notation of `Shortcut.keys`. */
export function nameOf(pressed: Pressed): string {
  const parts: string[] = [];
  if (pressed.ctrlKey || pressed.metaKey) parts.push('mod');
  if (pressed.altKey) parts.push('alt');
  // Option types characters on a Mac, so digits and letters are read from the key's place.
  const placed = /^(?:Digit|Key)(.)$/.exec(pressed.code)?.[1]?.toLowerCase();
  const key = pressed.altKey && placed ? placed : pressed.key === ' ' ? 'space' : pressed.key.toLowerCase();
  if (pressed.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push('shift');
  return [...parts, key].join('+');
}

/** Finds the shortcut for a row of presses; remembers the first half of a sequence for a moment. */
export class KeyMap {
  private shortcuts: Shortcut[] = [];
  private first = '';
  private firstAt = 0;

  add(...shortcuts: Shortcut[]): void {
    this.shortcuts.push(...shortcuts);
  }

  get all(): readonly Shortcut[] {
    return this.shortcuts;
  }

  press(pressed: Pressed, now: number, where: { text: boolean; singlesOff: boolean }): Shortcut | null {
    const name = nameOf(pressed);
    const both = now - this.firstAt < SEQUENCE_MS && this.first ? `${this.first} ${name}` : name;
    this.first = name;
    this.firstAt = now;
    const found = this.shortcuts.find((each) => each.keys === both) ?? this.shortcuts.find((each) => each.keys === name);
    if (!found) return null;
    if (where.text && !found.everywhere) return null;
    if (where.singlesOff && !/^(mod|alt)\+/.test(found.keys)) return null;
    this.first = '';
    return found;
  }
}

const OFF = 'shortcuts-off';
const keyMap = new KeyMap();

function singlesOff(): boolean {
  return document.documentElement.dataset.shortcuts === 'off' || recall(OFF) === '1';
}

/** Adds keys of this page; `?` lists them. */
export function bindKeys(...shortcuts: Shortcut[]): void {
  keyMap.add(...shortcuts);
}

/** How keys are shown to a person: `mod+enter` is ⌘ ↵ on a Mac, Ctrl ↵ elsewhere. */
export function showKeys(keys: string, mac = /Mac|iPhone|iPad/.test(navigator.platform)): string {
  const names: Record<string, string> = { mod: mac ? '⌘' : 'Ctrl', alt: mac ? '⌥' : 'Alt', shift: '⇧', enter: '↵', space: _('Space') };
  const one = (key: string): string => names[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  return keys.split(' ').map((press) => press.split('+').map(one).join(' ')).join(', ');
}

function showList(): void {
  const dialog = need<HTMLDialogElement>('shortcuts');
  const list = dialog.querySelector('[data-keys]')!;
  list.replaceChildren(
    ...keyMap.all.flatMap((each) => [
      el('dt', {}, each.label),
      el('dd', { class: 'text-end' }, el('kbd', {}, showKeys(each.keys))),
    ]),
  );
  dialog.querySelector<HTMLInputElement>('[data-shortcuts-switch]')!.checked = !singlesOff();
  if (!dialog.open) dialog.showModal();
}

export function startShortcuts(): void {
  bindKeys({ keys: '?', label: _('This list'), run: showList });
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    if (document.querySelector('dialog[open]')) return;
    const found = keyMap.press(event, event.timeStamp, { text: isTextField(event.target), singlesOff: singlesOff() });
    if (!found) return;
    event.preventDefault();
    found.run(event);
  });
  document.addEventListener('click', (event) => {
    if ((event.target as Element | null)?.closest('[data-act="open"][data-target="shortcuts"]')) showList();
  });
  document.querySelector('[data-shortcuts-switch]')?.addEventListener('change', (event) => {
    remember(OFF, (event.target as HTMLInputElement).checked ? '0' : '1');
  });
}
