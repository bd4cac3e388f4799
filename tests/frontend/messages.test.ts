import { afterEach, expect, test } from 'vitest';
import { _, ngettext, useCatalogue } from '../../frontend/lib/messages.ts';

afterEach(() => useCatalogue({}, 'en'));

test('English needs no catalogue', () => {
  expect(_('Saved %(time)s ago', { time: '4 s' })).toBe('Saved 4 s ago');
  expect(ngettext('%(num)d file', '%(num)d files', 1)).toBe('1 file');
  expect(ngettext('%(num)d file', '%(num)d files', 3)).toBe('3 files');
});

test('a name that is not given stays visible', () => {
  expect(_('Hello %(name)s')).toBe('Hello %(name)s');
});

test('plural forms follow the language', () => {
  useCatalogue({ '%(num)d file': ['%(num)d plik', '%(num)d pliki', '%(num)d plików', '%(num)d pliku'], Close: 'Zamknij' }, 'pl');
  expect(_('Close')).toBe('Zamknij');
  expect([1, 3, 5].map((n) => ngettext('%(num)d file', '%(num)d files', n))).toEqual(['1 plik', '3 pliki', '5 plików']);
});
