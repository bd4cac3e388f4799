// How runs and results are shown. Outputs of programs are hostile and bounded: they only ever become text.
import { el, icon } from '../lib/dom.ts';
import { _, ngettext } from '../lib/messages.ts';
import type { Output, RunView, TestResult, TestStatus } from './contract.ts';

/** A run that may still change. */
export function isPending(run: RunView | null): boolean {
  return run !== null && !['finished', 'failed', 'cancelled'].includes(run.state);
}

export function passed(run: RunView): number {
  return run.results.filter((result) => result.status === 'ok').length;
}

const STATUS: Record<TestStatus, () => string> = {
  ok: () => _('passed'),
  wrong: () => _('wrong answer'),
  runtime_error: () => _('ended with an error'),
  signal: () => _('crashed'),
  time: () => _('took too long'),
  memory: () => _('used too much memory'),
  output: () => _('wrote too much'),
  disk: () => _('wrote too much to disk'),
  build_error: () => _('did not build'),
  sandbox_error: () => _('could not be run; this is not your fault'),
};

export function statusText(status: TestStatus): string {
  return STATUS[status]();
}

export function statusIcon(status: TestStatus): SVGSVGElement {
  const words = statusText(status);
  if (status === 'ok') return icon('circle-check', 'text-good-ink', words);
  return status === 'sandbox_error' ? icon('triangle-alert', 'text-warn-ink', words) : icon('circle-x', 'text-bad-ink', words);
}

/** One line about where a run is. */
export function progressText(run: RunView): string {
  switch (run.state) {
    case 'queued':
      return run.position && run.position > 1
        ? ngettext('Waiting, %(num)d run before yours', 'Waiting, %(num)d runs before yours', run.position - 1)
        : _('Waiting, next in line');
    case 'starting':
      return _('Preparing the sandbox');
    case 'building':
      return _('Building');
    case 'running':
      return run.total && run.kind === 'tests'
        ? _('Running, %(done)s of %(total)s tests done', { done: run.results.length, total: run.total })
        : _('Running');
    case 'cancelled':
      return _('Cancelled');
    case 'failed':
      return _('Could not be run');
    case 'finished':
      return summary(run);
  }
}

function summary(run: RunView): string {
  const time = run.wall_ms === null ? '' : _('Ran in %(time)s', { time: milliseconds(run.wall_ms) });
  if (run.build && !run.build.ok) return _('Did not build');
  if (run.kind === 'stdin') return time;
  const all = run.total ?? run.results.length;
  return `${_('%(passed)s of %(total)s tests pass', { passed: passed(run), total: all })}${time && `. ${time}`}`;
}

export function milliseconds(ms: number): string {
  return ms < 1000 ? _('%(n)s ms', { n: Math.round(ms) }) : _('%(n)s s', { n: (ms / 1000).toFixed(1) });
}

/** A titled output, or null when there is none. */
export function outputBlock(title: string, output: Output | null, kind: '' | 'good' | 'bad' = '', always = false): HTMLElement | null {
  if (!output || (!output.text && !output.truncated && !always)) return null;
  const text = output.text || _('(nothing)');
  return el(
    'figure',
    { class: `out ${kind && `out-${kind}`}` },
    el('figcaption', {}, title),
    el('pre', { tabindex: '0', 'aria-label': title }, text),
    output.truncated ? el('p', { class: 'out-cut' }, _('Cut off here: the program wrote more than is kept.')) : null,
  );
}

function facts(result: TestResult): HTMLElement {
  const parts = [
    statusText(result.status),
    result.wall_ms === null ? '' : milliseconds(result.wall_ms),
    result.memory_kb === null ? '' : _('%(n)s MB', { n: Math.ceil(result.memory_kb / 1024) }),
    result.exit_code ? _('exit code %(n)s', { n: result.exit_code }) : '',
    result.signal ? _('signal %(name)s', { name: result.signal }) : '',
  ];
  return el('p', { class: 'text-ink-2 text-xs num' }, parts.filter(Boolean).join(', '));
}

/** Everything about one test. */
export function detail(result: TestResult): HTMLElement[] {
  const wrong = result.status !== 'ok';
  return [
    el('h2', { class: 'h3' }, result.name),
    facts(result),
    result.message ? el('p', { class: 'text-sm text-ink-2 mt-1 wrap-anywhere whitespace-pre-wrap' }, result.message) : null,
    outputBlock(_('Input'), result.stdin),
    outputBlock(_('Expected'), result.expected, wrong ? 'good' : '', result.status === 'wrong'),
    outputBlock(_('Received'), result.received, wrong && result.expected ? 'bad' : '', result.status === 'wrong' && result.expected !== null),
    outputBlock(_('Error output'), result.stderr),
  ].filter((part) => part !== null);
}
