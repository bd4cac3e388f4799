// Measures the script that each page loads before anything is clicked, and fails the build above the limits.
import { gzipSync } from 'node:zlib';
import type { Plugin, Rollup } from 'vite';

/** kB of gzip, all static imports and the common entry included. */
export const LIMITS = { plain: 60, editor: 300 };

type Bundle = Record<string, Rollup.OutputChunk | Rollup.OutputAsset>;

/** Files that a page loads at once: its entry, the common entry, and what they import. */
export function loaded(bundle: Bundle, entries: string[]): Set<string> {
  const files = new Set<string>();
  const visit = (file: string): void => {
    const chunk = bundle[file];
    if (files.has(file) || chunk?.type !== 'chunk') return;
    files.add(file);
    chunk.imports.forEach(visit);
  };
  entries.forEach(visit);
  return files;
}

/** Sizes by page, in bytes of gzip. `later` is what may still come: editors' languages. */
export function measure(bundle: Bundle): Record<string, { script: number; later: number; editor: boolean }> {
  const chunks = Object.values(bundle).filter((item): item is Rollup.OutputChunk => item.type === 'chunk');
  const weigh = (files: Iterable<string>): number =>
    [...files].reduce((sum, file) => sum + gzipSync((bundle[file] as Rollup.OutputChunk).code).length, 0);
  const base = chunks.find((chunk) => chunk.isEntry && chunk.name === 'pages/base');
  const pages = chunks.filter((chunk) => chunk.isEntry && chunk.name.startsWith('pages/'));
  return Object.fromEntries(pages.map((page) => {
    const now = loaded(bundle, [page.fileName, ...(base ? [base.fileName] : [])]);
    const dynamic = [...now].flatMap((file) => (bundle[file] as Rollup.OutputChunk).dynamicImports);
    const later = [...loaded(bundle, dynamic)].filter((file) => !now.has(file));
    const editor = [...now].some((file) => (bundle[file] as Rollup.OutputChunk).moduleIds.some((id) => id.includes('@codemirror/view')));
    return [page.name, { script: weigh(now), later: weigh(later), editor }];
  }));
}

export function pageSizes(): Plugin {
  return {
    name: 'proofroom-sizes',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const sizes = measure(bundle as Bundle);
        this.emitFile({ type: 'asset', fileName: 'sizes.json', source: JSON.stringify(sizes, null, 1) });
        for (const [page, { script, editor }] of Object.entries(sizes)) {
          const most = (editor ? LIMITS.editor : LIMITS.plain) * 1000;
          if (script > most) this.error(`${page} loads ${script} bytes of script (gzip); the limit is ${most}.`);
        }
      },
    },
  };
}
