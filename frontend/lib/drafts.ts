// What was typed into `<form data-draft="id">` survives an expired POST. It lives in this browser only, and goes on success.
import { forget, recall, remember } from './store.ts';

export type Values = Record<string, string[]>;

const KEPT_MS = 7 * 86_400_000;

/** Field values worth keeping: no secrets, no tokens, no files. */
export function collect(entries: Iterable<[string, FormDataEntryValue]>, secret: ReadonlySet<string>): Values {
  const values: Values = {};
  for (const [name, value] of entries) {
    if (typeof value === 'string' && !secret.has(name) && name !== 'csrf_token') (values[name] ??= []).push(value);
  }
  return values;
}

export interface Seen {
  /** The form was sent from this tab before this page came. */
  sent: boolean;
  /** This page has the form. */
  here: boolean;
  /** This page is a quiet one: sign-in, expired, error. */
  quiet: boolean;
  /** This page brings good news. */
  good: boolean;
  /** The form came back with its errors, and so with what was typed. */
  failed: boolean;
}

/** What to do with a stored draft when a page has loaded. */
export function verdict(seen: Seen): 'keep' | 'clear' | 'restore' {
  if (seen.sent && !seen.quiet && (seen.good || !seen.here)) return 'clear';
  if (seen.here && !seen.failed) return 'restore';
  return 'keep';
}

function secretsOf(form: HTMLFormElement): Set<string> {
  const fields = form.querySelectorAll<HTMLInputElement>('input[type="password"], input[type="hidden"], input[type="file"], [data-no-draft]');
  return new Set([...fields].map((field) => field.name));
}

function fillIn(form: HTMLFormElement, values: Values): void {
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio')) {
      if (field.name in values) field.checked = values[field.name]!.includes(field.value);
    } else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) {
      const value = values[field.name]?.[0];
      if (value !== undefined && !secretsOf(form).has(field.name)) field.value = value;
    }
  }
  form.dispatchEvent(new CustomEvent('draft.restored', { bubbles: true }));
}

function watch(form: HTMLFormElement, key: string): void {
  const keep = (): void => {
    const values = collect(new FormData(form).entries(), secretsOf(form));
    remember(key, JSON.stringify({ at: Date.now(), values }));
  };
  form.addEventListener('input', keep);
  form.addEventListener('submit', () => {
    keep();
    remember(`sent:${key}`, '1', () => sessionStorage);
  });
}

function stored(key: string): Values | null {
  const text = recall(key);
  if (!text) return null;
  const { at, values } = JSON.parse(text) as { at: number; values: Values };
  if (Date.now() - at < KEPT_MS) return values;
  forget(key);
  return null;
}

export function startDrafts(): void {
  const forms = new Map([...document.querySelectorAll<HTMLFormElement>('form[data-draft]')].map((form) => [`draft:${form.dataset.draft}`, form]));
  const page = {
    quiet: document.querySelector('.auth') !== null,
    good: document.querySelector('[data-toast="good"]') !== null,
  };
  const kept = Object.keys({ ...localStorage }).filter((key) => key.startsWith('draft:'));
  for (const key of kept) {
    const form = forms.get(key);
    const sent = recall(`sent:${key}`, () => sessionStorage) !== null;
    const failed = form?.querySelector('[data-focus]') !== null && form !== undefined;
    const what = verdict({ sent, here: form !== undefined, failed, ...page });
    if (what === 'keep') continue;
    forget(`sent:${key}`, () => sessionStorage);
    const values = what === 'restore' ? stored(key) : null;
    if (values && form) fillIn(form, values);
    if (what === 'clear') forget(key);
  }
  for (const [key, form] of forms) watch(form, key);
}
