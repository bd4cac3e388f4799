import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { drawSprite, scanIcons } from '../../frontend/build/icons.ts';

const root = resolve(import.meta.dirname, '../..');

function tree(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'icons-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('icons are found in templates, Python and TypeScript', () => {
  const { names, unknown } = scanIcons(tree({
    'server/templates/a.html': "{% for name in ['timer', 'ready'] %}{{ icon(name) }}{% endfor %} 'copy'",
    'portal/nav.py': 'NavItem(icon="users")\nx = "house"',
    'frontend/lib/a.ts': "icon('circle-check'); const y = 'flag';",
  }));
  expect([...names].sort()).toEqual(['circle-check', 'timer', 'users']);
  expect(unknown.size).toBe(0);
});

test('a name that Lucide does not have is reported with its file', () => {
  const { unknown } = scanIcons(tree({ 'portal/nav.py': 'NavItem(icon="no-such-thing")' }));
  expect([...unknown]).toEqual([['no-such-thing', 'portal/nav.py']]);
});

test('no source of this project names an unknown icon', () => {
  const { names, unknown } = scanIcons(root);
  expect([...unknown]).toEqual([]);
  expect(names.size).toBeGreaterThan(20);
});

test('the sprite holds one symbol an icon', () => {
  const sprite = drawSprite(root, ['x', 'check']);
  expect(sprite.match(/<symbol id="i-[a-z]+"/g)).toEqual(['<symbol id="i-check"', '<symbol id="i-x"']);
});
