// The smallest edit between two texts, and where a caret goes when somebody else edits.
import type * as Y from 'yjs';

export interface Edit {
  at: number;
  remove: number;
  insert: string;
}

const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

/** The one edit that turns `before` into `after`, or null. `caret` (in `after`) tells which of equal letters was typed. */
export function smallestEdit(before: string, after: string, caret = after.length): Edit | null {
  if (before === after) return null;
  const most = Math.min(before.length, after.length);
  // What stands behind the caret is older than the edit, so it is matched first.
  const behind = Math.min(most, after.length - caret);
  let end = 0;
  while (end < behind && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  let start = 0;
  while (start < most - end && before[start] === after[start]) start++;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  // Never cut a pair that makes one character.
  if (start && (isLow(before.charCodeAt(start)) || isLow(after.charCodeAt(start)))) start--;
  if (end && isLow(after.charCodeAt(after.length - end))) end--;
  return { at: start, remove: before.length - start - end, insert: after.slice(start, after.length - end) };
}

/** Makes the edit in the shared text. */
export function applyEdit(text: Y.Text, edit: Edit, origin: unknown): void {
  text.doc?.transact(() => {
    if (edit.remove) text.delete(edit.at, edit.remove);
    if (edit.insert) text.insert(edit.at, edit.insert);
  }, origin);
}

type Delta = { retain?: number | undefined; insert?: unknown; delete?: number | undefined }[];

/** Where an offset lies after a remote change. */
export function follow(offset: number, delta: Delta): number {
  let at = 0;
  for (const part of delta) {
    if (part.retain) at += part.retain;
    else if (typeof part.insert === 'string') {
      if (at <= offset) offset += part.insert.length;
      at += part.insert.length;
    } else if (part.delete && at < offset) offset -= Math.min(part.delete, offset - at);
    if (at > offset) break;
  }
  return offset;
}

/** Offset → line and column, both from 1. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - start + 1 };
}

/** Line and column (from 1) → offset, kept inside the text. */
export function offsetOf(text: string, line: number, column = 1): number {
  let at = 0;
  for (let n = 1; n < line; n++) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  const end = text.indexOf('\n', at);
  return Math.min(at + column - 1, end < 0 ? text.length : end);
}
