/** What the page carries inside: its style and its script, and the hashes by which the browser knows them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Html } from './html.ts';

/** Plain files beside this one, here as in dist/: scripts/prepack.ts copies them. */
const CLIENT = new URL('./client/', import.meta.url);
const SCRIPTS = ['tables.js', 'timeline.js', 'search.js'] as const;

export type Assets = { readonly policy: string; readonly style: Html; readonly scripts: readonly Html[] };

export function readAssets(): Assets {
  const read = (name: string) => readFileSync(new URL(name, CLIENT), 'utf8').trim();
  const [style, scripts] = [read('report.css'), SCRIPTS.map(read)];
  // Nothing may be fetched, sent, framed or based elsewhere, and nothing runs but these very scripts.
  const policy = [
    "default-src 'none'",
    `style-src ${toSource(style)}`,
    `script-src ${scripts.map(toSource).join(' ')}`,
    "base-uri 'none'; form-action 'none'",
    "require-trusted-types-for 'script'; trusted-types 'none'",
  ].join('; ');
  return {
    policy,
    style: new Html(`<style>${style}</style>`),
    scripts: scripts.map((script) => new Html(`<script type="module">${script}</script>`)),
  };
}

function toSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
