// Submitting: says what still fails, waits until everything is stored, sends once.
import { el, icon, need } from '../lib/dom.ts';
import { Problem, sendJson } from '../lib/http.ts';
import { _, ngettext } from '../lib/messages.ts';
import { duration } from '../lib/times.ts';
import type { Answers } from './answers.ts';
import type { Reading } from './clock.ts';
import type { PageData, RunView, SubmitRequest } from './contract.ts';
import { isPending, passed } from './results.ts';

export interface Line {
  kind: 'good' | 'warn' | 'bad';
  text: string;
}

export interface Standing {
  saved: boolean;
  tests: RunView | null;
  hasTests: boolean;
  /** Something was typed after the last test run began. */
  changedSince: boolean;
  missing: { needed: number; other: number };
  questions: number;
}

/** What is good and what is still open, in words. */
export function standing(now: Standing): Line[] {
  const lines: Line[] = [
    now.saved ? { kind: 'good', text: _('Everything is saved') } : { kind: 'warn', text: _('Your last changes are being saved') },
  ];
  if (now.hasTests) lines.push(testsLine(now.tests, now.changedSince));
  if (now.missing.needed) lines.push({ kind: 'bad', text: ngettext('%(num)d needed answer is missing', '%(num)d needed answers are missing', now.missing.needed) });
  if (now.missing.other) lines.push({ kind: 'warn', text: ngettext('%(num)d question has no answer', '%(num)d questions have no answer', now.missing.other) });
  if (now.questions && !now.missing.needed && !now.missing.other) lines.push({ kind: 'good', text: _('All questions are answered') });
  return lines;
}

function testsLine(run: RunView | null, changed: boolean): Line {
  if (!run) return { kind: 'warn', text: _('You have not run the visible tests') };
  if (isPending(run)) return { kind: 'warn', text: _('The visible tests are still running') };
  if (run.state !== 'finished') return { kind: 'warn', text: _('The last test run did not finish') };
  if (run.build && !run.build.ok) return { kind: 'warn', text: _('Your code did not build in the last run') };
  const total = run.total ?? run.results.length;
  const fails = total - passed(run);
  if (changed) return { kind: 'warn', text: _('You changed something after the last test run') };
  if (fails) return { kind: 'warn', text: ngettext('%(num)d of %(total)s visible tests still fails', '%(num)d of %(total)s visible tests still fail', fails, { total }) };
  return { kind: 'good', text: ngettext('The visible test passes', 'All %(num)d visible tests pass', total) };
}

const MARKS = {
  good: () => icon('circle-check', 'text-good-ink mt-0.5'),
  warn: () => icon('triangle-alert', 'text-warn-ink mt-0.5'),
  bad: () => icon('octagon-alert', 'text-bad-ink mt-0.5'),
};

class NotSaved extends Error {}

interface Host {
  data: PageData;
  answers: Answers;
  standing: () => Standing;
  reading: () => Reading;
  flush: () => Promise<boolean>;
  /** The server took it: nothing may be typed any more. */
  done: () => void;
}

export class SubmitDialog {
  private readonly dialog = need<HTMLDialogElement>('submit');
  private readonly yes = need<HTMLButtonElement>('submit-yes');
  private readonly error = need('submit-error');
  private readonly request = crypto.randomUUID();

  constructor(private readonly host: Host) {
    for (const button of document.querySelectorAll('[data-submit]')) button.addEventListener('click', () => this.open());
    this.yes.addEventListener('click', () => void this.send());
  }

  open(): void {
    this.draw();
    if (!this.dialog.open) this.dialog.showModal();
  }

  draw(): void {
    const lines = standing(this.host.standing());
    need('submit-lines').replaceChildren(...lines.map((line) => el('li', { class: 'flex gap-2.5' }, MARKS[line.kind](), el('span', {}, line.text))));
    this.dialog.querySelector('[data-sub]')!.textContent = this.leftText();
    const stop = lines.some((line) => line.kind === 'bad');
    this.yes.setAttribute('aria-disabled', String(stop));
  }

  private leftText(): string {
    const now = this.host.reading();
    if (now.phase === 'working') return _('You can submit once. %(time)s are left, so there is no hurry.', { time: duration(now.left) });
    return _('You can submit once. You are %(time)s over the limit.', { time: duration(now.over) });
  }

  private async send(): Promise<void> {
    if (this.yes.getAttribute('aria-busy') === 'true' || this.yes.getAttribute('aria-disabled') === 'true') return;
    this.yes.setAttribute('aria-busy', 'true');
    this.error.hidden = true;
    try {
      if (!(await this.host.flush())) throw new NotSaved(_('Not submitted: your last changes are not saved yet. They are still here.'));
      const body: SubmitRequest = { note: need<HTMLTextAreaElement>('submit-note').value, request: this.request };
      const { url } = await sendJson<{ url: string }>(this.host.data.urls.submit, body);
      this.host.done();
      location.assign(url);
    } catch (error) {
      this.error.hidden = false;
      const known = error instanceof Problem || error instanceof NotSaved;
      this.error.querySelector('[data-text]')!.textContent = known ? error.message : _('The server did not answer. Your work is safe; try again.');
    } finally {
      this.yes.setAttribute('aria-busy', 'false');
    }
  }
}
