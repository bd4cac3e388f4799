// Which language a file is in. Each comes as its own file, when the first such file is opened.
import type { LanguageSupport } from '@codemirror/language';

type Loader = () => Promise<LanguageSupport>;

const python: Loader = async () => (await import('@codemirror/lang-python')).python();
const script: Loader = async () => (await import('@codemirror/lang-javascript')).javascript({ jsx: true, typescript: true });
const cpp: Loader = async () => (await import('@codemirror/lang-cpp')).cpp();
const java: Loader = async () => (await import('@codemirror/lang-java')).java();
const markdown: Loader = async () => (await import('@codemirror/lang-markdown')).markdown();
const json: Loader = async () => (await import('@codemirror/lang-json')).json();
const html: Loader = async () => (await import('@codemirror/lang-html')).html();
const css: Loader = async () => (await import('@codemirror/lang-css')).css();

const BY_ENDING: Record<string, Loader> = {
  py: python, pyi: python, js: script, mjs: script, cjs: script, jsx: script, ts: script, tsx: script,
  c: cpp, h: cpp, cc: cpp, cpp, cxx: cpp, hpp: cpp, java, md: markdown, markdown, json, html, htm: html, css,
};

/** Spaces that one step of indentation takes. */
export function indentOf(path: string): number {
  return /\.(js|mjs|cjs|jsx|ts|tsx|json|html|css|md)$/.test(path) ? 2 : 4;
}

/** The language of a file, or null for plain text. */
export function languageOf(path: string): Promise<LanguageSupport> | null {
  const ending = path.toLowerCase().split('.').at(-1) ?? '';
  return BY_ENDING[ending]?.() ?? null;
}
