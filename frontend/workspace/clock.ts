// The time that is left, by the server's clock.
import { announce } from '../lib/live.ts';
import { ngettext, _ } from '../lib/messages.ts';
import { clock, duration } from '../lib/times.ts';
import type { Clock, State } from './contract.ts';

/** What the clock shows. `left` counts seconds to the deadline, or to the end in overtime. */
export interface Reading {
  phase: 'working' | 'overtime' | 'over';
  left: number;
  /** Seconds past the deadline. */
  over: number;
}

/** The reading at `nowMs` of the server's clock. */
export function read(times: Clock, nowMs: number): Reading {
  const deadline = Date.parse(times.deadline_at);
  const end = Date.parse(times.ends_at);
  if (nowMs >= end) return { phase: 'over', left: 0, over: Math.max(0, (nowMs - deadline) / 1000) };
  if (nowMs >= deadline) return { phase: 'overtime', left: (end - nowMs) / 1000, over: (nowMs - deadline) / 1000 };
  return { phase: 'working', left: (deadline - nowMs) / 1000, over: 0 };
}

const MARKS_MINUTES = [1, 5, 10];

/** The smallest announcement due when the time left falls from `before` to `after` seconds, or null. */
export function crossing(before: number, after: number): number | null {
  return MARKS_MINUTES.find((minutes) => before > minutes * 60 && after <= minutes * 60) ?? null;
}

/** Server time minus this machine's time: the answer is assumed to be made half way between question and answer. */
export function offsetOf(serverNow: string, askedMs: number, answeredMs: number): number {
  return Date.parse(serverNow) - (askedMs + answeredMs) / 2;
}

interface Parts {
  /** The box: gets data-phase and the accessible name. */
  box: HTMLElement;
  digits: HTMLElement;
  note: HTMLElement;
  ended: () => void;
}

/** Draws the time left every half second. */
export class Timer {
  private offset: number;
  private times: Clock;
  private last = Number.POSITIVE_INFINITY;
  private phase: Reading['phase'] = 'working';
  private named = '';

  constructor(
    private readonly parts: Parts,
    state: State,
  ) {
    this.offset = Date.parse(state.now) - Date.now();
    this.times = state.clock;
    this.tick(true);
    setInterval(() => this.tick(), 500);
  }

  /** Takes a newer state; `askedMs` is when it was asked for. */
  set(state: State, askedMs: number): void {
    this.offset = offsetOf(state.now, askedMs, Date.now());
    this.times = state.clock;
    this.tick(true);
  }

  /** Whether work is over by the server's clock. */
  get over(): boolean {
    return this.phase === 'over';
  }

  reading(): Reading {
    return read(this.times, Date.now() + this.offset);
  }

  private tick(silent = false): void {
    const now = this.reading();
    this.parts.box.dataset.phase = now.phase === 'working' && now.left <= 300 ? 'soon' : now.phase;
    this.parts.digits.textContent = now.phase === 'overtime' ? `+${clock(now.over)}` : clock(Math.ceil(now.left));
    this.parts.note.textContent = this.noteOf(now);
    this.name(now);
    if (!silent) this.announce(now);
    const ends = now.phase === 'over' && this.phase !== 'over';
    this.last = now.left;
    this.phase = now.phase;
    if (ends) this.parts.ended();
  }

  private noteOf(now: Reading): string {
    if (now.phase === 'over') return _('Time is over');
    if (now.phase === 'overtime') return _('over time');
    return _('of %(time)s', { time: clock(this.times.limit_seconds) });
  }

  /** The accessible name changes once a minute, not twice a second. */
  private name(now: Reading): void {
    const minutes = Math.ceil(now.left / 60);
    const left = ngettext('%(num)d minute left', '%(num)d minutes left', minutes);
    const over = _('%(time)s over time', { time: duration(now.over) });
    const name = { working: left, overtime: over, over: _('Time is over') }[now.phase];
    if (name === this.named) return;
    this.named = name;
    this.parts.box.setAttribute('aria-label', name);
  }

  private announce(now: Reading): void {
    if (now.phase === 'overtime' && this.phase === 'working') {
      announce(_('The time limit is reached. You can go on; time over the limit is counted.'), 'assertive');
      return;
    }
    const minutes = now.phase === this.phase ? crossing(this.last, now.left) : null;
    if (minutes) announce(ngettext('%(num)d minute left', '%(num)d minutes left', minutes));
  }
}
