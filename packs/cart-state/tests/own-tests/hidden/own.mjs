// Runs the candidate's own tests against a sound cart and against carts with one known bug each.
// Writes TAP to the file named first: a bug is caught when the tests pass on the sound cart and fail on that one.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const seeded = path.join(here, 'seeded');
const SECONDS_A_FILE = 5;

function ownTests() {
  const folder = path.join(root, 'tests', 'own');
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).filter((name) => /\.test\.(js|mjs)$/.test(name)).sort().slice(0, 10);
}

// A copy of the project with the sound sources, and the bug's sources laid over them.
function build(bug) {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'cart-'));
  fs.cpSync(path.join(root, 'tests', 'own'), path.join(place, 'tests', 'own'), { recursive: true });
  fs.copyFileSync(path.join(root, 'package.json'), path.join(place, 'package.json'));
  fs.cpSync(path.join(seeded, 'sound'), path.join(place, 'src'), { recursive: true });
  if (bug) fs.cpSync(path.join(seeded, bug), path.join(place, 'src'), { recursive: true });
  return place;
}

// {ok, why}: whether every file of tests ends well.
function run(bug, files) {
  const place = build(bug);
  try {
    for (const file of files) {
      const ended = spawnSync(process.execPath, [path.join('tests', 'own', file)], {
        cwd: place,
        timeout: SECONDS_A_FILE * 1000,
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 1 << 20,
      });
      if (ended.status !== 0) return { ok: false, why: `${file} failed` };
    }
    return { ok: true, why: '' };
  } finally {
    fs.rmSync(place, { recursive: true, force: true });
  }
}

const bugs = fs.readdirSync(seeded).filter((name) => name !== 'sound').sort();
const files = ownTests();
const sound = files.length > 0 ? run(null, files) : { ok: false, why: 'there are no files tests/own/*.test.js' };
const lines = ['TAP version 13', `1..${bugs.length}`];
bugs.forEach((bug, at) => {
  const caught = sound.ok && !run(bug, files).ok;
  const why = sound.ok ? 'no test in tests/own/ fails on this bug' : `on a sound cart: ${sound.why}`;
  lines.push(`${caught ? 'ok' : 'not ok'} ${at + 1} - ${bug}`);
  if (!caught) lines.push('  ---', `  message: ${JSON.stringify(why)}`, '  ...');
});
fs.writeFileSync(process.argv[2], `${lines.join('\n')}\n`);
