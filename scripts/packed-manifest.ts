/** package.json as the tarball carries it: nothing of development, and no Node of its own. */

export type Manifest = Record<string, unknown> & { readonly optionalDependencies?: Readonly<Record<string, string>> };

/** The pinned Node is for clones: whoever installs a package has chosen a Node. */
const PINNED_NODE = /^node-(bin-)?(darwin|linux|win)-/;
/** A clone runs on the Node it brings, so its own package.json asks for no more than npm does. */
const LEAST_NODE = '>=22';
const ONLY_FOR_DEVELOPMENT = ['scripts', 'devDependencies', 'optionalDependencies'];

/** Text of package.json → text for the tarball. */
export function toPackedManifest(text: string): string {
  const manifest = JSON.parse(text) as Manifest;
  const kept = Object.entries(manifest).filter(([key]) => !ONLY_FOR_DEVELOPMENT.includes(key));
  const optional = Object.entries(manifest.optionalDependencies ?? {}).filter(([name]) => !PINNED_NODE.test(name));
  if (optional.length > 0) kept.push(['optionalDependencies', Object.fromEntries(optional)]);
  return `${JSON.stringify({ ...Object.fromEntries(kept), engines: { node: LEAST_NODE } }, null, 2)}\n`;
}
