// The panel of runs: starts them, shows where they are, and what came out.
import { el, icon, need } from '../lib/dom.ts';
import { Problem, sendJson } from '../lib/http.ts';
import { announce } from '../lib/live.ts';
import { _ } from '../lib/messages.ts';
import { showToast } from '../lib/toasts.ts';
import { chooseTab } from '../lib/tabs.ts';
import { ago } from '../lib/times.ts';
import type { Engine, PageData, RunRequest, RunView, TestResult } from './contract.ts';
import { detail, isPending, milliseconds, outputBlock, passed, progressText, statusIcon } from './results.ts';

interface Host {
  data: PageData;
  language: () => string;
  /** Everything typed is stored. */
  flush: () => Promise<boolean>;
  /** A run was shown: marks and links follow. */
  shown: (run: RunView | null) => void;
}

type Kind = RunRequest['kind'];

export class RunPanel {
  private readonly progress = need('run-progress');
  private readonly list = need('run-tests');
  private readonly detail = need('run-detail');
  private readonly output = need('run-output');
  private readonly engine = need('run-engine');
  private readonly buttons = [...document.querySelectorAll<HTMLButtonElement>('[data-run]')];
  private runs: RunView[] = [];
  /** The test whose details are shown: of which run, and its place. */
  private chosen = { run: '', at: 0 };
  private readonly counts = ['tab-p-tests', 'tab-run-panel-tests'].flatMap((id) => {
    const count = el('span', { class: 'count', hidden: true });
    document.getElementById(id)?.append(count);
    return count;
  });
  private drawn = '';
  private starting = false;
  private closed = false;

  constructor(private readonly host: Host) {
    for (const button of this.buttons) button.addEventListener('click', () => void this.start(button.dataset.run as Kind));
    need('run-cancel').addEventListener('click', () => void this.cancel());
    this.list.addEventListener('click', (event) => this.choose((event.target as Element).closest<HTMLElement>('[data-test]')));
    this.list.addEventListener('keydown', (event) => this.move(event));
    this.apply(host.data.state.runs, host.data.state.engine);
    setInterval(() => this.drawProgress(), 10_000);
  }

  /** Whether something is expected to change. */
  get pending(): boolean {
    return this.starting || this.runs.some(isPending);
  }

  latest(kind: Kind): RunView | null {
    return this.runs.find((run) => run.kind === kind) ?? null;
  }

  apply(runs: RunView[], engine: Engine): void {
    const before = this.runs[0];
    this.runs = runs;
    const now = runs[0];
    if (before && now && before.id === now.id && isPending(before) && !isPending(now)) announce(progressText(now));
    this.drawEngine(engine);
    this.draw();
  }

  /** Nothing can be run any more. */
  close(): void {
    this.closed = true;
    this.drawButtons();
  }

  async start(kind: Kind): Promise<void> {
    if (this.starting || this.closed || isPending(this.latest(kind)) || this.engine.dataset.state === 'off') return;
    this.starting = true;
    const tab = document.getElementById(`tab-run-panel-${kind}`);
    if (tab) chooseTab(tab);
    this.draw();
    try {
      // The server runs what it has stored, so it must first have what is on the screen.
      if (!(await this.host.flush())) {
        showToast(_('Not started: your last changes are not saved yet.'), { kind: 'bad' });
        return;
      }
      const request: RunRequest = {
        kind,
        language: this.host.language(),
        stdin: kind === 'stdin' ? need<HTMLTextAreaElement>('run-stdin').value : '',
        request: crypto.randomUUID(),
      };
      const { run } = await sendJson<{ run: RunView }>(this.host.data.urls.run, request);
      if (!this.runs.some((other) => other.id === run.id)) this.runs = [run, ...this.runs];
    } catch (error) {
      const text = error instanceof Problem ? error.message : _('The server did not answer. Nothing was started.');
      showToast(text, { kind: 'bad', action: { label: _('Try again'), run: () => void this.start(kind) } });
    } finally {
      this.starting = false;
      this.draw();
    }
  }

  private async cancel(): Promise<void> {
    const run = this.runs.find(isPending);
    if (!run) return;
    try {
      await sendJson(this.host.data.urls.cancel.replace('{run}', encodeURIComponent(run.id)), {});
    } catch (error) {
      showToast(error instanceof Problem ? error.message : _('The server did not answer.'), { kind: 'bad' });
    }
  }

  private drawEngine(engine: Engine): void {
    this.engine.dataset.state = engine.state;
    this.engine.hidden = engine.state === 'ready';
    const percent = engine.percent === null ? '' : ` ${engine.percent} %`;
    this.engine.querySelector('[data-text]')!.textContent = `${engine.text}${percent}`;
  }

  private draw(): void {
    this.drawButtons();
    this.drawProgress();
    // Drawing anew would lose the place in a long output, so only changes are drawn.
    const now = JSON.stringify(this.runs);
    if (now === this.drawn) return;
    this.drawn = now;
    this.drawTests();
    this.drawOutput();
    this.host.shown(this.runs[0] ?? null);
  }

  private drawButtons(): void {
    const off = this.closed || this.engine.dataset.state === 'off';
    for (const button of this.buttons) {
      const busy = this.starting || isPending(this.latest(button.dataset.run as Kind));
      button.setAttribute('aria-busy', String(busy));
      button.setAttribute('aria-disabled', String(off));
    }
    need('run-cancel').hidden = !this.runs.some(isPending);
  }

  private drawProgress(): void {
    const run = this.runs[0];
    const text = this.starting ? _('Saving, then running') : run ? progressText(run) : '';
    const finished = run?.finished_at && !this.starting ? `, ${ago(Date.parse(run.finished_at), Date.now())}` : '';
    this.progress.textContent = text + finished;
    const tests = this.latest('tests');
    for (const count of this.counts) {
      count.hidden = !tests || tests.state !== 'finished';
      if (tests) count.textContent = `${passed(tests)}/${tests.total ?? tests.results.length}`;
    }
  }

  private drawTests(): void {
    const run = this.latest('tests');
    const empty = need('run-empty');
    empty.hidden = run !== null;
    this.list.hidden = run === null;
    if (!run) return;
    const failing = run.results.findIndex((result) => result.status !== 'ok');
    const chosen = this.chosen.run === run.id ? this.chosen.at : Math.max(0, failing);
    const had = this.list.contains(document.activeElement);
    this.list.replaceChildren(...run.results.map((result, at) => this.testRow(result, at, at === chosen)), ...this.waitingRows(run));
    if (had) this.list.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
    const result = run.results[chosen];
    const built = run.build && !run.build.ok ? outputBlock(_('The build failed'), run.build.output, 'bad', true) : null;
    const notice = run.notice ? el('p', { class: 'note note-warn' }, icon('triangle-alert'), el('span', {}, run.notice)) : null;
    this.detail.replaceChildren(...[notice, built, ...(result ? detail(result) : [])].filter((part) => part !== null));
  }

  private testRow(result: TestResult, at: number, on: boolean): HTMLElement {
    const time = el('span', { class: 'num text-ink-3 text-xs' }, result.wall_ms === null ? '' : milliseconds(result.wall_ms));
    const attributes = { type: 'button', class: 'test-row', 'data-test': at, 'aria-pressed': String(on), tabindex: on ? 0 : -1 };
    const row = el('button', attributes, statusIcon(result.status), el('span', { class: 'truncate grow text-start' }, result.name), time);
    return el('li', {}, row);
  }

  private waitingRows(run: RunView): HTMLElement[] {
    const left = isPending(run) ? Math.max(0, (run.total ?? 0) - run.results.length) : 0;
    return Array.from({ length: Math.min(left, 12) }, () => el('li', { class: 'test-row', 'aria-hidden': 'true' }, el('span', { class: 'skel h-3 w-40' })));
  }

  private drawOutput(): void {
    const run = this.latest('stdin');
    if (!run) return;
    const result = run.results[0];
    const parts = [
      run.notice ? el('p', { class: 'note note-warn' }, icon('triangle-alert'), el('span', {}, run.notice)) : null,
      run.build && (!run.build.ok || run.build.output.text) ? outputBlock(run.build.ok ? _('The compiler said') : _('The build failed'), run.build.output, run.build.ok ? '' : 'bad', true) : null,
      result ? outputBlock(_('Output'), result.received ?? { text: '', truncated: false }, '', true) : null,
      result ? outputBlock(_('Error output'), result.stderr, 'bad') : null,
      result && result.status !== 'ok' ? el('p', { class: 'text-sm flex gap-2 items-center' }, statusIcon(result.status), detailLine(result)) : null,
    ];
    this.output.replaceChildren(...parts.filter((part) => part !== null));
  }

  private choose(row: HTMLElement | null): void {
    if (!row) return;
    this.chosen = { run: this.latest('tests')?.id ?? '', at: Number(row.dataset.test) };
    this.drawTests();
    this.list.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  }

  private move(event: KeyboardEvent): void {
    const rows = [...this.list.querySelectorAll<HTMLElement>('[data-test]')];
    const at = rows.indexOf(event.target as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (next === undefined || !rows[next]) return;
    event.preventDefault();
    this.choose(rows[next]);
  }
}

function detailLine(result: TestResult): string {
  const code = result.exit_code === null ? '' : _('exit code %(n)s', { n: result.exit_code });
  return [result.message, code].filter(Boolean).join(', ');
}
