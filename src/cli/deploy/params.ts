/** Params of serverless.yml: which there are, and those that a deployment is given. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../core/errors.ts';

export type Params = Readonly<Record<string, string>>;

/** Root of the clone: an installed package has neither serverless.yml nor what builds the functions. */
export const ROOT = new URL('../../../', import.meta.url);

/** `name: value # comment`, with a value that is written out: no variable, nothing over several lines. */
const WRITTEN_OUT = /^ {4}(\w+):(?: +(?:'([^']*)'|([^\s'"#$&*!|>{[][^#]*?)))? *(?:#.*)?$/;

/** The file's text; only a clone has it. */
export async function readServerlessFile(): Promise<string> {
  return readFile(new URL('serverless.yml', ROOT), 'utf8').catch(() => {
    throw new UsageError(
      'deploy works in a clone of the repository: clone it, run npm ci there, then npx flowhound deploy.',
    );
  });
}

/** `--param name=value`, checked as the framework will: against the names there are, and by cloud/settings.cjs. */
export async function checkParams(params: Params, stage: string, serverlessFile: string): Promise<void> {
  const names = [...blockOf('default', serverlessFile).matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name!);
  const unknown = Object.keys(params).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`serverless.yml has no param "${unknown}". Its params: ${names.join(', ')}.`);
  }
  const inFile = valuesOf(blockOf('default', serverlessFile) + blockOf(stage, serverlessFile));
  // What only the framework can resolve, it refuses as well, some seconds later.
  if (inFile === undefined) return;
  const values: Params = { ...inFile, ...params };
  const resolveVariable = async (address: string) =>
    address === 'sls:stage' ? stage : values[address.replace('param:', '')];
  await loadSettings()({ resolveVariable }).catch((error: Error) => {
    throw new UsageError(`${error.message}.`, { cause: error });
  });
}

type Settings = (framework: { resolveVariable: (address: string) => Promise<unknown> }) => Promise<unknown>;

function loadSettings(): Settings {
  return createRequire(import.meta.url)(fileURLToPath(new URL('cloud/settings.cjs', ROOT)));
}

/** Lines of the params of a stage. */
function blockOf(stage: string, serverlessFile: string): string {
  const params = /^params:\n((?: .*\n|\s*\n)+)/m.exec(serverlessFile)?.[1] ?? '';
  return new RegExp(`^ {2}${stage}:\\n((?: {4}.*\\n|\\s*\\n)+)`, 'm').exec(params)?.[1] ?? '';
}

/** Undefined where one of them is not written out. */
function valuesOf(block: string): Params | undefined {
  const lines = block.split('\n').filter((line) => !/^\s*(#.*)?$/.test(line));
  const found = lines.map((line) => WRITTEN_OUT.exec(line));
  if (found.includes(null)) return undefined;
  return Object.fromEntries(found.map((match) => [match![1]!, match![2] ?? match![3] ?? '']));
}

/** `s3://bucket/prefix/` and `bucket` → buckets, each once. */
export function bucketsOf({ logLocations = '' }: Params): string[] {
  const places = logLocations.split(',').map((place) => place.trim().replace(/^s3:\/\//, ''));
  return [...new Set(places.map((place) => place.split('/')[0]!).filter((bucket) => bucket !== ''))];
}

/** What a shell would need quotes for, in quotes. */
export function toShellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
