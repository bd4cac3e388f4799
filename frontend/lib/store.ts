// What this browser remembers. Private windows may refuse storage: then nothing is remembered, and nothing breaks.

export function remember(key: string, value: string, store: () => Storage = () => localStorage): void {
  try {
    store().setItem(key, value);
  } catch {
    // Full or refused storage only costs comfort.
  }
}

export function recall(key: string, store: () => Storage = () => localStorage): string | null {
  try {
    return store().getItem(key);
  } catch {
    return null;
  }
}

export function forget(key: string, store: () => Storage = () => localStorage): void {
  try {
    store().removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
