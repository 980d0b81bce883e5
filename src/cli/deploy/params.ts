/** Params of serverless.yml: which there are, and those that a deployment is given. */
import { readFile } from 'node:fs/promises';
import { UsageError } from '../../core/errors.ts';

export type Params = Readonly<Record<string, string>>;

/** Root of the clone: an installed package has neither serverless.yml nor what builds the functions. */
export const ROOT = new URL('../../../', import.meta.url);

/** Names of the params, in the order of the file. */
export async function readParamNames(): Promise<string[]> {
  const text = await readFile(new URL('serverless.yml', ROOT), 'utf8').catch(() => {
    throw new UsageError(
      'deploy works in a clone of the repository: clone it, run npm ci there, then npx flowhound deploy.',
    );
  });
  const block = /^params:\n {2}default:\n((?: {4}.*\n|\s*\n)+)/m.exec(text)?.[1] ?? '';
  return [...block.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name!);
}

/** `--param name=value`, checked against the names there are. */
export function checkParams(params: Params, names: readonly string[]): void {
  const unknown = Object.keys(params).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`serverless.yml has no param "${unknown}". Its params: ${names.join(', ')}.`);
  }
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
