import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';
import { iconSprite } from './frontend/build/icons.ts';
import { pageSizes } from './frontend/build/sizes.ts';

const root = import.meta.dirname;

/** One entry a page: frontend/pages/workspace.ts becomes `pages/workspace`. */
function pageEntries(): Record<string, string> {
  const folder = resolve(root, 'frontend/pages');
  const pages = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  return Object.fromEntries(pages.map((name) => [`pages/${basename(name, '.ts')}`, resolve(folder, name)]));
}

export default defineConfig({
  root,
  // Relative, so that the built files work under any path prefix.
  base: './',
  publicDir: false,
  plugins: [tailwindcss(), iconSprite(root), pageSizes()],
  // Two copies of Yjs in one page would refuse each other's types.
  resolve: { dedupe: ['yjs', 'y-protocols', '@codemirror/state', '@codemirror/view'] },
  build: {
    outDir: 'server/static/built',
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: ['chrome123', 'firefox120', 'safari17.5'],
    rollupOptions: {
      // The style sheet is an input of its own: a script must never carry CSS, or the strict CSP blocks it.
      input: { ...pageEntries(), 'styles/app': resolve(root, 'frontend/styles/app.css') },
      output: { format: 'es' },
    },
  },
  test: { include: ['tests/frontend/**/*.test.ts'], environment: 'node' },
});
