// Words of the scripts, translated: the server puts a catalogue into #messages when the reader's language is not English.

export type Catalogue = Record<string, string | string[]>;
type Values = Record<string, string | number>;

let catalogue: Catalogue | null = null;
let rules: Intl.PluralRules | null = null;

function loaded(): Catalogue {
  if (!catalogue) {
    const block = typeof document === 'undefined' ? null : document.getElementById('messages');
    catalogue = block ? (JSON.parse(block.textContent ?? '{}') as Catalogue) : {};
  }
  return catalogue;
}

/** Uses this catalogue; plural forms stand in the order of the language's categories. */
export function useCatalogue(next: Catalogue, locale: string): void {
  catalogue = next;
  rules = new Intl.PluralRules(locale);
}

function fill(text: string, values: Values): string {
  return text.replace(/%\((\w+)\)[sd]/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The translation of `text`, with `%(name)s` filled in. */
export function _(text: string, values: Values = {}): string {
  const found = loaded()[text];
  return fill(typeof found === 'string' ? found : text, values);
}

/** The order in which catalogues list plural forms; Intl gives the categories in any order. */
const ORDER = ['zero', 'one', 'two', 'few', 'many', 'other'];

/** One of several: `ngettext('%(num)d file', '%(num)d files', 3)`. */
export function ngettext(one: string, many: string, num: number, values: Values = {}): string {
  const found = loaded()[one];
  const all = { num, ...values };
  if (!Array.isArray(found)) return fill(num === 1 ? one : many, all);
  rules ??= new Intl.PluralRules(document.documentElement.lang || 'en');
  const has = new Set<string>(rules.resolvedOptions().pluralCategories);
  const at = ORDER.filter((name) => has.has(name)).indexOf(rules.select(num));
  return fill(found[at] ?? found.at(-1) ?? many, all);
}
