// Finds "file:line" in what compilers and test frameworks say, for links and marks.
import type { Diagnostic } from './editor/port.ts';

export interface Found extends Diagnostic {
  path: string;
}

// gcc, clang, javac, tsc: path:line[:column]: error: text
const COMPILER = /^(?:\.\/)?([^\s:][^:\n]{0,200}?):(\d{1,6})(?::(\d{1,6}))?:\s*(fatal error|error|warning):?\s*(.{1,300})$/;
// Python: File "path", line 12
const PYTHON = /^\s*File "(?:\.\/)?([^"\n]{1,200})", line (\d{1,6})/;

const MAX_LINES = 2000;

/** The complaints in an output, for files that exist. Paths inside the box are matched by their end. */
export function findDiagnostics(output: string, paths: string[]): Found[] {
  const found: Found[] = [];
  for (const line of output.split('\n', MAX_LINES)) {
    const compiler = COMPILER.exec(line);
    const python = compiler ? null : PYTHON.exec(line);
    const path = matchPath(compiler?.[1] ?? python?.[1] ?? '', paths);
    if (!path) continue;
    const warning = compiler?.[4] === 'warning';
    found.push({
      path,
      line: Number(compiler?.[2] ?? python?.[2]),
      column: Number(compiler?.[3] ?? 1),
      severity: warning ? 'warning' : 'error',
      message: compiler?.[5] ?? '',
    });
  }
  return found;
}

function matchPath(said: string, paths: string[]): string | null {
  if (!said) return null;
  return paths.find((path) => said === path || said.endsWith(`/${path}`)) ?? null;
}
