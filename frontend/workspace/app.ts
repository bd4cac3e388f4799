// Puts the workspace together: document, editor, files, runs, clock, answers, reports, submit.
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { AwayWatch, Reporter, pasteEvent, watchAway } from '../lib/capture.ts';
import { icon, need, pageData } from '../lib/dom.ts';
import { Problem, getJson, sendJson } from '../lib/http.ts';
import { announce } from '../lib/live.ts';
import { _ } from '../lib/messages.ts';
import { bindKeys } from '../lib/shortcuts.ts';
import { Freshness, openSocket, watchRoom, type Socket } from '../lib/socket.ts';
import { ago } from '../lib/times.ts';
import { showToast } from '../lib/toasts.ts';
import { Answers } from './answers.ts';
import { Timer } from './clock.ts';
import { isRefused, type Batch, type PageData, type RunView, type State } from './contract.ts';
import { findDiagnostics } from './diagnose.ts';
import type { Diagnostic } from './editor/port.ts';
import { EditorPane } from './editorpane.ts';
import { FileTree } from './files.ts';
import { closeFiles, showPanel, startPanels } from './panels.ts';
import { Provider, isPassing, type Saving } from './provider.ts';
import { RunPanel } from './runs.ts';
import { browserSpool } from './spool.ts';
import { SubmitDialog } from './submit.ts';
import { TreeView } from './treeview.ts';

export class Workspace {
  private readonly data = pageData<PageData>();
  private readonly doc = new Y.Doc();
  private readonly awareness = new Awareness(this.doc);
  private readonly files = new FileTree(this.doc, this.data.limits.files);
  private readonly socket: Socket;
  private readonly provider: Provider;
  private readonly reporter: Reporter;
  private readonly answers: Answers;
  private readonly timer: Timer;
  private readonly runs: RunPanel;
  private readonly fresh: Freshness<State>;
  private pane: EditorPane | null = null;
  private language = this.data.language;
  private state = this.data.state;
  private lastEdit = 0;
  private lastRunStart = 0;
  private leaving = false;
  private signedOut = false;

  constructor() {
    const { data } = this;
    startPanels();
    this.socket = openSocket(data.namespace, { attempt: data.attempt });
    // First the room, then the state: nothing is told in between.
    watchRoom(this.socket, `attempt:${data.attempt}`);
    this.awareness.setLocalStateField('person', data.person);
    const spool = browserSpool(data.workspace, this.doc.clientID);
    this.provider = new Provider(this.socket, data.workspace, this.doc, this.awareness, (saving) => this.drawSaving(saving), spool);
    this.reporter = new Reporter(data.workspace, new Set(data.capture), (batch) => this.report(batch));
    this.answers = new Answers(data);
    this.timer = new Timer(
      { box: need('clock'), digits: need('clock-digits'), note: need('clock-note'), ended: () => this.onEnd() },
      data.state,
    );
    this.runs = new RunPanel({ data, language: () => this.language, flush: () => this.provider.flush(), shown: (run) => this.onRun(run) });
    new SubmitDialog({
      data,
      answers: this.answers,
      standing: () => this.standing(),
      reading: () => this.timer.reading(),
      flush: () => this.flushAll(),
      done: () => {
        this.leaving = true;
      },
    });
    this.fresh = new Freshness({ fetch: () => this.fetchState(), apply: (state) => this.apply(state), pending: () => this.runs.pending || !this.over, failed: (error) => this.onFailedAsk(error) }, data.state.version);
    this.fresh.follow(this.socket, 'attempt.changed', 'run.changed', 'sandbox.changed');
    this.watch();
    void this.begin();
  }

  private get over(): boolean {
    return this.timer.over || ['grace', 'over', 'submitted'].includes(this.state.status);
  }

  private async begin(): Promise<void> {
    await this.provider.loaded();
    need('ws-loading').hidden = true;
    need('ws-ready').hidden = false;
    const { data, files, awareness } = this;
    this.pane = new EditorPane({
      data, files, awareness,
      locked: () => this.over,
      opened: (file) => this.reporter.add({ kind: 'opened_file', claimed_at: Date.now(), payload: { file } }),
      pasted: (text, file, trusted) => this.reporter.add(pasteEvent(text, file, trusted)),
    });
    const open = (id: string): void => {
      this.pane?.show(id);
      closeFiles();
    };
    const tree = new TreeView({ data, files, open, current: () => this.pane?.current ?? null, locked: () => this.over });
    this.doc.on('update', (_update: Uint8Array, origin: unknown) => {
      if (origin !== this.provider) this.lastEdit = Date.now();
    });
    document.addEventListener('attempt.over', () => {
      this.pane?.refresh();
      tree.draw();
    });
    if (this.over) this.onEnd();
    this.onRun(this.state.runs[0] ?? null);
  }

  private watch(): void {
    if (this.data.capture.includes('away')) {
      watchAway(new AwayWatch((duration_ms, trusted) => this.reporter.add({ kind: 'away', claimed_at: Date.now(), payload: { duration_ms: Math.round(duration_ms), trusted } })));
    }
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.hurry();
    });
    window.addEventListener('pagehide', () => {
      this.hurry();
      this.awareness.setLocalState(null);
    });
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) this.awareness.setLocalState({ person: this.data.person });
    });
    document.addEventListener('state.wanted', () => void this.fresh.ask());
    this.socket.on('connect', () => void this.reporter.flush());
    setInterval(() => this.drawSaving(this.provider.state), 1000);
    this.bindLanguage();
    this.bindKeys();
  }

  private hurry(): void {
    this.provider.hurry();
    void this.reporter.flush();
  }

  private bindKeys(): void {
    const panel = (name: string): void => {
      showPanel(name, name !== 'code');
      if (name === 'code') this.pane?.focus();
    };
    bindKeys(
      { keys: 'mod+enter', label: _('Run the tests'), everywhere: true, run: () => this.runNow() },
      { keys: 'mod+s', label: _('Save now (it saves by itself)'), everywhere: true, run: () => void this.saveNow() },
      { keys: 'alt+1', label: _('Task'), everywhere: true, run: () => panel('task') },
      { keys: 'alt+2', label: _('Code'), everywhere: true, run: () => panel('code') },
      { keys: 'alt+3', label: _('Tests'), everywhere: true, run: () => panel('tests') },
      { keys: 'alt+4', label: _('Questions'), everywhere: true, run: () => panel('answers') },
    );
  }

  private runNow(): void {
    showPanel('tests', false);
    void this.runs.start(this.data.can.tests ? 'tests' : 'stdin');
  }

  private async saveNow(): Promise<void> {
    const saved = await this.flushAll();
    announce(saved ? _('Saved') : _('Not saved yet'));
  }

  private bindLanguage(): void {
    const select = document.getElementById('language') as HTMLSelectElement | null;
    select?.addEventListener('change', () => void this.chooseLanguage(select));
  }

  private async chooseLanguage(select: HTMLSelectElement): Promise<void> {
    try {
      const { language } = await sendJson<{ language: string }>(this.data.urls.language, { language: select.value });
      this.language = language;
    } catch {
      showToast(_('The language could not be changed.'), { kind: 'bad' });
    }
    select.value = this.language;
  }

  private async fetchState(): Promise<State> {
    const asked = Date.now();
    const state = await getJson<State>(this.data.urls.state);
    this.timer.set(state, asked);
    return state;
  }

  private apply(state: State): void {
    const before = this.state.status;
    this.state = state;
    this.runs.apply(state.runs, state.engine);
    this.answers.take(state.answers);
    if (before !== state.status && this.over) this.onEnd();
    if (state.status === 'submitted' && !this.leaving) location.assign(this.data.urls.receipt);
  }

  /** Signed out (401): said once; what was typed stays here. */
  private onFailedAsk(error: unknown): void {
    if (!(error instanceof Problem) || error.status !== 401 || this.signedOut) return;
    this.signedOut = true;
    showToast(_('This device is no longer signed in to your attempt. Open your link again; what you typed is kept in this browser.'), { kind: 'bad' });
    this.provider.hurry();
  }

  private onEnd(): void {
    if (document.body.dataset.over) return;
    document.body.dataset.over = 'true';
    need('ended').hidden = false;
    announce(_('Work has ended. What was saved is kept and will be graded.'), 'assertive');
    for (const button of document.querySelectorAll<HTMLElement>('[data-submit]')) button.hidden = true;
    need<HTMLDialogElement>('submit').close();
    this.answers.lock();
    this.runs.close();
    this.hurry();
    document.dispatchEvent(new CustomEvent('attempt.over'));
    void this.fresh.ask();
  }

  private onRun(run: RunView | null): void {
    if (run) this.lastRunStart = Math.max(this.lastRunStart, Date.parse(run.queued_at));
    const faults = new Map<string, Diagnostic[]>();
    const output = [run?.build?.output.text, ...(run?.results.map((result) => result.stderr?.text) ?? [])].filter(Boolean).join('\n');
    for (const fault of findDiagnostics(output, this.files.list().map((file) => file.path))) {
      if (fault.message) faults.set(fault.path, [...(faults.get(fault.path) ?? []), fault]);
    }
    this.pane?.setFaults(faults);
  }

  private standing() {
    return {
      saved: this.provider.state.kind === 'saved' && !this.answers.pending,
      tests: this.runs.latest('tests'),
      hasTests: this.data.can.tests,
      changedSince: this.lastEdit > this.lastRunStart && this.lastRunStart > 0,
      missing: this.answers.missing(),
      questions: this.answers.count,
    };
  }

  private async flushAll(): Promise<boolean> {
    const [files, answers] = await Promise.all([this.provider.flush(), this.answers.flush(), this.reporter.flush()]);
    return files && answers;
  }

  private report(batch: Batch): Promise<boolean> {
    if (!this.socket.connected) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.socket.timeout(8000).emit('evidence.reported', batch, (error: unknown, ack?: object) => {
        // What the server refuses for good is not sent again; it has counted it.
        resolve(!error && ack !== undefined && !(isRefused(ack) && isPassing(ack)));
      });
    });
  }

  private drawSaving(saving: Saving): void {
    const { text, kind } = savingText(saving, Date.now());
    const box = need('saving');
    if (box.dataset.kind !== kind) {
      box.dataset.kind = kind;
      box.querySelector('svg')?.replaceWith(savingIcon(kind));
      // Only changes of kind are told; the seconds are not.
      if (kind === 'offline' || kind === 'refused') announce(text);
    }
    need('saving-text').textContent = text;
    const note = need('offline');
    note.hidden = kind !== 'offline' && kind !== 'refused';
    note.querySelector('[data-text]')!.textContent = offlineText(saving);
  }
}

function savingIcon(kind: Saving['kind']): SVGSVGElement {
  if (kind === 'saved') return icon('cloud-check', 'icon-sm text-good-ink');
  if (kind === 'offline' || kind === 'refused') return icon('cloud-off', 'icon-sm text-bad-ink');
  return icon('cloud-upload', 'icon-sm');
}

export function savingText(saving: Saving, nowMs: number): { text: string; kind: Saving['kind'] } {
  const { kind } = saving;
  if (kind === 'joining') return { kind, text: _('Loading') };
  if (kind === 'saving') return { kind, text: _('Saving') };
  if (kind === 'refused') return { kind, text: _('Not saved') };
  if (kind === 'offline') return { kind, text: saving.unsaved ? _('Offline, not saved yet') : _('Offline') };
  return { kind, text: saving.atMs === null ? _('Saved') : _('Saved %(ago)s', { ago: ago(saving.atMs, nowMs) }) };
}

function offlineText(saving: Saving): string {
  if (saving.kind === 'refused') return _('Your last changes could not be saved: %(why)s', { why: saving.detail });
  return saving.kind === 'offline' && saving.unsaved
    ? _('You are offline. What you typed since is kept in this browser and is sent when the connection is back.')
    : _('You are offline. Everything so far is saved; you can go on working.');
}
