/** Markup that cannot be broken by what is put into it: every value of the template is escaped unless it is markup itself. */

/** Markup that was made by `html`. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Value = Html | string | number | bigint | false | null | undefined | readonly Value[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const IN_MARKUP = /[&<>"']/g;

/** Controls, and what turns the direction of text or has no width: a reader must see that they are there. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Numbers and texts as escaped text, `null`, `undefined` and `false` as nothing, lists one after the other. */
export function html(literals: TemplateStringsArray, ...values: readonly Value[]): Html {
  let text = literals[0]!;
  for (const [i, value] of values.entries()) {
    // Outside quotation marks a blank ends the value of an attribute.
    if (/=\s*$/.test(literals[i]!)) throw new TypeError(`an attribute without quotation marks: …${literals[i]}`);
    text += toMarkup(value) + literals[i + 1]!;
  }
  return new Html(text);
}

/** A block of data for the page's own script; `<` is the only character that could end it. */
export function dataIsland(id: string, data: unknown): Html {
  const json = JSON.stringify(data, (_key, value) => (typeof value === 'string' ? toVisible(value) : value));
  return new Html(
    `<script type="application/json" data-for="${escapeText(id)}">${json.replaceAll('<', '\\u003c')}</script>`,
  );
}

/** What cannot be seen becomes its name, `‹U+202E›`; half a surrogate pair becomes U+FFFD. */
export function toVisible(text: string): string {
  const name = (character: string) => `‹U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}›`;
  return text.toWellFormed().replace(UNSEEN, name);
}

function toMarkup(value: Value): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(toMarkup).join('');
  if (value === null || value === undefined || value === false) return '';
  return escapeText(String(value));
}

function escapeText(text: string): string {
  return toVisible(text).replace(IN_MARKUP, (character) => ENTITIES[character]!);
}
