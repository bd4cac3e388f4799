// Where the other tabs are. What they say is not trusted: it is checked and bounded.
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { Mark } from './editor/port.ts';
import type { FileTree } from './files.ts';

export interface Peer {
  file: string;
  mark: Mark | null;
}

const MAX_PEERS = 8;

function offset(files: FileTree, file: string, place: unknown): number | null {
  try {
    const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(place), files.body(file).doc!);
    return found && found.type === files.body(file) ? found.index : null;
  } catch {
    return null;
  }
}

export function findPeers(awareness: Awareness, files: FileTree): Peer[] {
  const others = [...awareness.getStates()].filter(([client]) => client !== awareness.clientID);
  return others.slice(0, MAX_PEERS).map(([, state]) => {
    const place = (state.place ?? {}) as { file?: unknown; anchor?: unknown; head?: unknown };
    const file = typeof place.file === 'string' && files.get(place.file) ? place.file : '';
    if (!file) return { file, mark: null };
    const from = offset(files, file, place.anchor);
    const to = offset(files, file, place.head);
    const name = String((state.person as { name?: unknown } | undefined)?.name ?? '').slice(0, 40);
    return { file, mark: from === null || to === null ? null : { from, to, name } };
  });
}
