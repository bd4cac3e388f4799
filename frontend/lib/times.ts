// Times for people: durations as "74 s", "7 min", "2 d 6 h"; clocks; the reader's zone.
import { _ } from './messages.ts';

/** A duration in its two largest units at most. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return _('%(n)s s', { n: whole });
  const minutes = Math.floor(whole / 60);
  if (minutes < 120) return _('%(n)s min', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? _('%(h)s h %(m)s min', { h: hours, m: minutes % 60 }) : _('%(h)s h', { h: hours });
  return hours % 24 ? _('%(d)s d %(h)s h', { d: Math.floor(hours / 24), h: hours % 24 }) : _('%(d)s d', { d: hours / 24 });
}

/** m:ss, or h:mm:ss from one hour on. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function zone(): string | undefined {
  return document.documentElement.dataset.timeZone || undefined;
}

/** "Sat 21 Nov, 16:00" in the reader's zone. */
export function moment(at: Date, locale = document.documentElement.lang || 'en', timeZone = zone()): string {
  const day = at.toLocaleDateString(locale, { weekday: 'short', day: 'numeric', month: 'short', timeZone });
  return `${day}, ${at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', timeZone })}`;
}

/** "4 s ago"; "just now" below two seconds. */
export function ago(atMs: number, nowMs: number): string {
  const seconds = (nowMs - atMs) / 1000;
  return seconds < 2 ? _('just now') : _('%(time)s ago', { time: duration(seconds) });
}

/** Keeps every `<time data-ago datetime="…">` fresh. */
export function startTimes(): void {
  const tick = (): void => {
    for (const node of document.querySelectorAll<HTMLTimeElement>('time[data-ago]')) {
      node.textContent = ago(Date.parse(node.dateTime), Date.now());
    }
  };
  tick();
  setInterval(tick, 15_000);
}
