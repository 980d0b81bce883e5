/** package.json as the tarball carries it: nothing of development, and no Node of its own. */

type Manifest = Record<string, unknown> & {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

/** A clone runs on the Node it brings, so its own package.json asks for no more than npm does. */
const LEAST_NODE = '>=22';
/** The pinned Node is for clones: whoever installs a package has chosen a Node. */
const PINNED_NODE = /^node-(bin-)?(darwin|linux|win)-/;
/** Idle in an installed package; without them the pack after a killed one would find nothing to run. */
const SCRIPTS_TO_PACK = new Set(['prepack', 'postpack']);

/** Text of package.json → text for the tarball. */
export function toPackedManifest(text: string): string {
  const { scripts = {}, devDependencies, optionalDependencies = {}, ...kept } = JSON.parse(text) as Manifest;
  const packed = {
    ...kept,
    engines: { node: LEAST_NODE },
    scripts: pick(scripts, (name) => SCRIPTS_TO_PACK.has(name)),
    optionalDependencies: pick(optionalDependencies, (name) => !PINNED_NODE.test(name)),
  };
  return `${JSON.stringify(packed, null, 2)}\n`;
}

function pick(entries: Readonly<Record<string, string>>, isPicked: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => isPicked(name)));
}
