/** The little XML that S3 and the Query protocol speak: elements and text; attributes mean nothing here. */
import { AwsError } from './aws-error.ts';

/** Marked, so that text and finished XML cannot be mixed up. */
export type Xml = { readonly xml: string };

export type XmlElement = { readonly name: string; readonly text: string; readonly children: readonly XmlElement[] };

export const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const TOKEN = /<\?[^>]*\?>|<!--[\s\S]*?-->|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[^<>]*?)?)(\/?)>|([^<]+)/gy;

/** `<name>…</name>`; undefined parts of a list are left out. */
export function element(
  name: string,
  content: string | number | boolean | readonly (Xml | undefined)[],
): Xml & { toString(): string } {
  const inner =
    typeof content === 'object' ? content.map((part) => part?.xml ?? '').join('') : escapeText(String(content));
  const xml = `<${name}>${inner}</${name}>`;
  return { xml, toString: () => xml };
}

/** Reads a document; one that is not well formed is refused as S3 does. */
export function parseXml(text: string): XmlElement {
  const top: XmlElement[] = [];
  const open: { name: string; text: string; children: XmlElement[] }[] = [{ name: '', text: '', children: top }];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text);
    if (token === null) throw malformed();
    const [, closing, opening, , isEmpty, characters] = token;
    const current = open.at(-1)!;
    if (characters !== undefined) current.text += unescapeText(characters);
    else if (opening !== undefined) {
      const child = { name: opening, text: '', children: [] };
      current.children.push(child);
      if (isEmpty === '') open.push(child);
    } else if (closing !== undefined) {
      if (open.length === 1 || open.pop()!.name !== closing) throw malformed();
    }
  }
  if (open.length !== 1 || top.length !== 1) throw malformed();
  return top[0]!;
}

export function childrenOf(parent: XmlElement, name: string): readonly XmlElement[] {
  return parent.children.filter((child) => child.name === name);
}

export function textOf(parent: XmlElement, name: string): string | undefined {
  return parent.children.find((child) => child.name === name)?.text;
}

function malformed(): AwsError {
  return new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}

function escapeText(text: string): string {
  return text.replace(/[&<>"\r\n\t]/g, (character) => {
    const named = Object.entries(ENTITIES).find(([, literal]) => literal === character)?.[0];
    return named === undefined ? `&#${character.charCodeAt(0)};` : `&${named};`;
  });
}

function unescapeText(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (_token, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    const literal = ENTITIES[name!];
    if (literal === undefined) throw malformed();
    return literal;
  });
}
