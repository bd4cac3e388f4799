import { expect, test } from 'vitest';
import { ago, clock, duration, moment } from '../../frontend/lib/times.ts';

test.each([
  [0, '0 s'], [74.9, '74 s'], [119, '119 s'], [120, '2 min'], [7140, '119 min'], [7200, '2 h'], [9000, '2 h 30 min'],
  [86_400, '1 d'], [194_400, '2 d 6 h'], [-5, '0 s'],
])('duration of %d', (seconds, shown) => expect(duration(seconds)).toBe(shown));

test.each([[0, '0:00'], [41 * 60 + 18, '41:18'], [3600, '1:00:00'], [-3, '0:00']])('clock of %d', (seconds, shown) =>
  expect(clock(seconds)).toBe(shown));

test('ago says just now before it counts', () => {
  expect(ago(1000, 2500)).toBe('just now');
  expect(ago(1000, 5200)).toBe('4 s ago');
  expect(ago(9000, 1000)).toBe('just now');
});

test('moments are shown in the zone that is asked for', () => {
  const at = new Date('2026-11-21T16:00:00Z');
  expect(moment(at, 'en-GB', 'UTC')).toMatch(/^Sat,? 21 Nov, 16:00$/);
  expect(moment(at, 'en-GB', 'Asia/Tokyo')).toMatch(/^Sun,? 22 Nov, 01:00$/);
});
