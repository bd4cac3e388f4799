// Two pages with the real Yjs, as the provider uses it: collected updates are merged, a reconnect sends the difference.
// node yjs_pages.mjs <seed> <steps> → one JSON line: messages in the order in which a server gets them, and the end.
import * as Y from 'yjs';

let seed = Number(process.argv[2]);
const steps = Number(process.argv[3]);
const dice = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed % n;
};
const WORDS = ['a', 'bc', 'é', '😀', 'line\n', '    ', '"quoted"', '汉字', '👩‍👩‍👧'];
// Editors never stop between the halves of a surrogate pair; Yjs itself replaces halves that are torn apart.
const whole = (text, at) => (/[\uDC00-\uDFFF]/.test(text.toString().charAt(at)) ? at - 1 : at);
const server = new Y.Doc();
const sent = [];

class Page {
  constructor(id) {
    this.doc = new Y.Doc({ gc: true });
    this.doc.clientID = id;
    this.collected = [];
    this.doc.on('update', (update, origin) => origin === 'server' || this.collected.push(update));
    this.tree = this.doc.getMap('tree');
    this.undo = new Y.UndoManager([this.doc.getText('body:main'), this.tree], { captureTimeout: 0 });
  }
  hear(update) {
    Y.applyUpdate(this.doc, update, 'server');
  }
  flush() {
    if (!this.collected.length) return;
    deliver(this, Y.mergeUpdates(this.collected.splice(0)));
  }
  rejoin() {
    const vector = Y.encodeStateVector(this.doc);
    this.hear(Y.encodeStateAsUpdate(server, vector));
    this.collected = [];
    deliver(this, Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(server)));
  }
  act() {
    const text = this.doc.getText('body:main');
    const at = whole(text, dice(text.length + 1));
    const id = `f${dice(6)}`;
    const entry = this.tree.get(id);
    switch (dice(9)) {
      case 0: case 1: case 2:
        text.insert(at, WORDS[dice(WORDS.length)]);
        break;
      case 3:
        if (at < text.length) text.delete(at, whole(text, Math.min(at + 2 + dice(4), text.length)) - at);
        break;
      case 4:
        this.doc.transact(() => {
          this.tree.set(id, new Y.Map(Object.entries({ path: `${id}.py`, kind: 'text', blob: '', size: 0, readonly: false })));
          this.doc.getText(`body:${id}`).insert(0, 'new ' + WORDS[dice(WORDS.length)]);
        });
        break;
      case 5:
        entry?.set('path', `moved/${id}-${dice(9)}.py`);
        break;
      case 6:
        if (entry) this.tree.delete(id);
        break;
      case 7:
        this.undo.undo();
        break;
      default:
        this.undo.redo();
    }
  }
}

const pages = [new Page(101), new Page(102)];

function deliver(from, update) {
  sent.push(Buffer.from(update).toString('base64'));
  Y.applyUpdate(server, update);
  for (const page of pages) if (page !== from && !page.offline) page.hear(update);
}

for (let step = 0; step < steps; step++) {
  const page = pages[dice(2)];
  page.act();
  if (dice(3) === 0 && !page.offline) page.flush();
  if (dice(25) === 0) {
    page.offline = !page.offline;
    if (!page.offline) page.rejoin();
  }
}
for (const page of pages) page.offline = false;
for (const page of [...pages, ...pages]) page.rejoin();
const bodies = Object.fromEntries([...server.getMap('tree').keys(), 'main'].map((id) => [id, server.getText(`body:${id}`).toString()]));
console.log(JSON.stringify({ sent, tree: server.getMap('tree').toJSON(), bodies, agree: pages.every((page) => page.doc.getText('body:main').toString() === bodies.main) }));
