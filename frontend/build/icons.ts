// Draws one SVG sprite with the Lucide icons that templates, Python and TypeScript name, and nothing else.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'vite';

const SCANNED = ['server', 'portal', 'interviewer', 'frontend'];
const SKIPPED = new Set(['build', 'static', '__pycache__']);

/** In code an icon is named as `icon('name')`, `icon="name"`, `icon: 'name'` or `"icon": "name"`. */
const IN_CODE = /\bicon(?:_name)?["']?\s*(?:\(|=|:)\s*["']([a-z0-9]+(?:-[a-z0-9]+)*)["']/g;
/** In templates names also travel in lists and macro arguments, so every quoted word is looked up. */
const IN_TEMPLATE = /["']([a-z0-9]+(?:-[a-z0-9]+)*)["']/g;
const TEMPLATE_CODE = /\{[{%][\s\S]*?[}%]\}/g;

export interface Found {
  /** Icon names to put into the sprite. */
  names: Set<string>;
  /** Names that stand where only an icon can stand, but that Lucide does not have: `name` → first file. */
  unknown: Map<string, string>;
}

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (/\.(html|py|ts)$/.test(entry.name)) yield path;
  }
}

function iconFolder(root: string): string {
  return join(root, 'node_modules/lucide-static/icons');
}

/** Finds the icons that the sources under `root` name. */
export function scanIcons(root: string): Found {
  const known = new Set(readdirSync(iconFolder(root)).map((name) => name.replace(/\.svg$/, '')));
  const found: Found = { names: new Set(), unknown: new Map() };
  for (const top of SCANNED.filter((name) => existsSync(join(root, name)))) {
    for (const path of files(join(root, top))) {
      const text = readFileSync(path, 'utf8');
      for (const [, name] of text.matchAll(IN_CODE)) {
        if (known.has(name!)) found.names.add(name!);
        else found.unknown.set(name!, relative(root, path));
      }
      if (!path.endsWith('.html')) continue;
      for (const [code] of text.matchAll(TEMPLATE_CODE)) {
        for (const [, name] of code.matchAll(IN_TEMPLATE)) if (known.has(name!)) found.names.add(name!);
      }
    }
  }
  return found;
}

/** One `<symbol id="i-name">` an icon. */
export function drawSprite(root: string, names: Iterable<string>): string {
  const symbols = [...names].sort().map((name) => {
    const svg = readFileSync(join(iconFolder(root), `${name}.svg`), 'utf8');
    const body = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)![1]!.replace(/\s*\n\s*/g, '');
    return `<symbol id="i-${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

/** Emits `assets/icons-<hash>.svg`, and `icons.json` = `{file, names}` for the server. */
export function iconSprite(root: string): Plugin {
  return {
    name: 'proofroom-icons',
    apply: 'build',
    generateBundle() {
      const { names, unknown } = scanIcons(root);
      if (unknown.size) this.error(`Unknown icons: ${[...unknown].map(([n, f]) => `${n} in ${f}`).join(', ')}`);
      const sprite = drawSprite(root, names);
      const hash = createHash('sha256').update(sprite).digest('hex').slice(0, 8);
      const file = `assets/icons-${hash}.svg`;
      this.emitFile({ type: 'asset', fileName: file, source: sprite });
      const list = JSON.stringify({ file, names: [...names].sort() });
      this.emitFile({ type: 'asset', fileName: 'icons.json', source: list });
    },
  };
}
