// What the server has not stored yet, kept in this browser over a reload. Only unsent work is here, and it goes as soon
// as it is stored. A CRDT may take the same update twice, so nothing doubles.
import { forget, recall, remember } from '../lib/store.ts';
import type { Spool } from './provider.ts';

const MAX_CHARACTERS = 3_000_000;

export function toText(update: Uint8Array): string {
  let text = '';
  for (const byte of update) text += String.fromCharCode(byte);
  return btoa(text);
}

export function fromText(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export function browserSpool(workspace: string, client: number): Spool {
  const prefix = `unsent:${workspace}:`;
  const own = `${prefix}${client}`;
  let taken: string[] = [];
  return {
    save(update) {
      const text = toText(update);
      if (text.length <= MAX_CHARACTERS) remember(own, text);
    },
    load() {
      taken = Object.keys({ ...localStorage }).filter((key) => key.startsWith(prefix));
      return taken.map((key) => fromText(recall(key) ?? ''));
    },
    clear() {
      for (const key of [...taken, own]) forget(key);
      taken = [];
    },
  };
}
