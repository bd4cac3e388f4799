import { expect, test } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { crossing, offsetOf, read } from '../../frontend/workspace/clock.ts';
import type { Clock, RunView, TestResult } from '../../frontend/workspace/contract.ts';
import { findDiagnostics } from '../../frontend/workspace/diagnose.ts';
import { FileTree } from '../../frontend/workspace/files.ts';
import { nextStep } from '../../frontend/workspace/panels.ts';
import { findPeers } from '../../frontend/workspace/peers.ts';
import { isPending, progressText } from '../../frontend/workspace/results.ts';
import { fromText, toText } from '../../frontend/workspace/spool.ts';
import { standing, type Standing } from '../../frontend/workspace/submit.ts';

const at = (minute: number, second = 0): number => Date.UTC(2026, 10, 20, 10, minute, second);
const times: Clock = {
  started_at: new Date(at(0)).toISOString(), limit_seconds: 1800, deadline_at: new Date(at(30)).toISOString(),
  policy: 'overtime', ends_at: new Date(at(45)).toISOString(),
};

test('the clock: working, over the limit, over', () => {
  expect(read(times, at(29, 30))).toEqual({ phase: 'working', left: 30, over: 0 });
  expect(read(times, at(30))).toEqual({ phase: 'overtime', left: 900, over: 0 });
  expect(read(times, at(37))).toEqual({ phase: 'overtime', left: 480, over: 420 });
  expect(read(times, at(45)).phase).toBe('over');
  expect(read({ ...times, policy: 'hard_stop', ends_at: times.deadline_at }, at(30)).phase).toBe('over');
});

test('announcements at ten, five and one minute, once each', () => {
  const said: number[] = [];
  for (let left = 700; left > 0; left -= 0.5) {
    const minutes = crossing(left + 0.5, left);
    if (minutes) said.push(minutes);
  }
  expect(said).toEqual([10, 5, 1]);
  expect(crossing(720, 30)).toBe(1);
});

test('the offset takes half of the way there and back', () => {
  expect(offsetOf(new Date(10_000).toISOString(), 4000, 4200)).toBe(5900);
});

const result = (status: TestResult['status']): TestResult => ({
  name: 't', status, wall_ms: 1, cpu_ms: 1, memory_kb: 1, exit_code: 0, signal: null, message: '', stdin: null, expected: null, received: null, stderr: null,
});
const run = (part: Partial<RunView> = {}): RunView => ({
  id: 'r', kind: 'tests', language: 'python', state: 'finished', position: null, queued_at: '', finished_at: '', wall_ms: 1800,
  build: null, results: [result('ok'), result('wrong')], total: 2, notice: '', ...part,
});

test.each([
  [{ state: 'queued', position: 1 }, 'Waiting, next in line'],
  [{ state: 'queued', position: 3 }, 'Waiting, 2 runs before yours'],
  [{ state: 'starting' }, 'Preparing the sandbox'],
  [{ state: 'running', total: 7 }, 'Running, 2 of 7 tests done'],
  [{}, '1 of 2 tests pass. Ran in 1.8 s'],
  [{ build: { ok: false, output: { text: '', truncated: false } } }, 'Did not build'],
  [{ state: 'failed' }, 'Could not be run'],
] as [Partial<RunView>, string][])('where a run is: %j', (part, text) => expect(progressText(run(part))).toBe(text));

test('what may still change', () => {
  expect(isPending(null)).toBe(false);
  expect(isPending(run())).toBe(false);
  expect(isPending(run({ state: 'building' }))).toBe(true);
});

const ready: Standing = { saved: true, tests: run({ results: [result('ok'), result('ok')] }), hasTests: true, changedSince: false, missing: { needed: 0, other: 0 }, questions: 2 };
const words = (part: Partial<Standing>): string[] => standing({ ...ready, ...part }).map((line) => `${line.kind}: ${line.text}`);

test('before submit: all good', () => {
  expect(words({})).toEqual(['good: Everything is saved', 'good: All 2 visible tests pass', 'good: All questions are answered']);
});

test('before submit: what still fails is said', () => {
  expect(words({ saved: false, tests: run(), missing: { needed: 1, other: 1 } })).toEqual([
    'warn: Your last changes are being saved', 'warn: 1 of 2 visible tests still fails', 'bad: 1 needed answer is missing', 'warn: 1 question has no answer',
  ]);
  expect(words({ tests: null })[1]).toBe('warn: You have not run the visible tests');
  expect(words({ changedSince: true })[1]).toBe('warn: You changed something after the last test run');
  expect(words({ hasTests: false, tests: null, questions: 0 })).toEqual(['good: Everything is saved']);
});

test('lines that compilers and Python name', () => {
  const paths = ['main.cpp', 'payouts/worker.py', 'Main.java'];
  const output = [
    'main.cpp:2:5: error: expected ;', './main.cpp:7:1: warning: unused', 'Main.java:3: error: cannot find symbol',
    '  File "/box/payouts/worker.py", line 23, in send', 'other.cpp:1:1: error: not ours', 'x'.repeat(5000),
  ].join('\n');
  expect(findDiagnostics(output, paths).map((each) => [each.path, each.line, each.severity, each.message])).toEqual([
    ['main.cpp', 2, 'error', 'expected ;'], ['main.cpp', 7, 'warning', 'unused'], ['Main.java', 3, 'error', 'cannot find symbol'],
    ['payouts/worker.py', 23, 'error', ''],
  ]);
});

test('a hostile output does not stall the search', () => {
  const began = Date.now();
  findDiagnostics(`${'a:'.repeat(200_000)}\n${'File "'.repeat(100_000)}`, ['a']);
  expect(Date.now() - began).toBeLessThan(500);
});

test('panel sizes stop at their ends', () => {
  expect(nextStep('left', 'normal', 1)).toBe('wide');
  expect(nextStep('left', 'wide', 1)).toBe('wide');
  expect(nextStep('bottom', 'low', -1)).toBe('closed');
  expect(nextStep('bottom', 'unknown', -1)).toBe('low');
});

test('updates survive being written as text', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, n) => n % 256);
  expect(fromText(toText(bytes))).toEqual(bytes);
});

test('what other tabs say about themselves is checked', () => {
  const doc = new Y.Doc();
  const files = new FileTree(doc, 5);
  const id = files.create('a.py', { text: 'hello' });
  const awareness = new Awareness(doc);
  const head = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(files.body(id), 3));
  awareness.states.set(1, { place: { file: id, anchor: head, head }, person: { name: 'x'.repeat(900) } });
  awareness.states.set(2, { place: { file: id, anchor: 'junk', head: { item: { client: 'a' } } } });
  awareness.states.set(3, { place: { file: { toString: () => id } } });
  const [good, bad, none] = findPeers(awareness, files);
  expect(good?.mark).toEqual({ from: 3, to: 3, name: 'x'.repeat(40) });
  expect(bad?.mark).toBeNull();
  expect(none).toEqual({ file: '', mark: null });
  awareness.destroy();
});
