/** `report --bundle` and `report --verify`: evidence for somebody else, and whether it still is what it was. */
import { ExecutionFailed } from '../core/errors.ts';
import { bySeverity } from '../core/finding.ts';
import { formatCount } from '../core/story.ts';
import { readSqlTexts } from '../local/sql-files.ts';
import type { ObjectStore } from '../ports.ts';
import { write } from './output.ts';
import { toPrintable } from './printable.ts';
import type { Told } from './report-file.ts';
import type { Talk } from './talk.ts';
import { VERSION } from './version.ts';

/** Writes the bundle and says where, and the hash by which it is known again. */
export async function writeBundleFile(
  told: Told,
  isWhole: boolean,
  store: ObjectStore,
  path: string,
  talk: Talk,
): Promise<void> {
  const { writeBundle } = await import('../report/bundle/bundle.ts');
  const findings = [...told.findings].sort(bySeverity);
  const request = { findings, sightings: told.sightings, isWhole, version: VERSION, sql: await readSqlTexts() };
  const { files, records, digest } = await writeBundle(request, store, path);
  talk.say(`flowhound: bundle: ${path} (${formatCount(files)} files, ${formatCount(records)} records)`);
  talk.say(`flowhound: SHA-256 of its manifest: ${digest}`);
}

/** One line per difference on stdout; any difference is a failure. */
export async function verifyBundleFile(path: string, talk: Talk): Promise<void> {
  const { verifyBundle } = await import('../report/bundle/verify.ts');
  const { differences, sound, digest } = await verifyBundle(path);
  await write(differences.map(({ kind, path: name }) => `${kind} ${toPrintable(name)}\n`).join(''));
  if (digest !== undefined) talk.say(`flowhound: SHA-256 of its manifest: ${digest}`);
  if (differences.length > 0)
    throw new ExecutionFailed(
      `${path} is not as its manifest says: ${formatCount(differences.length)} ${differences.length === 1 ? 'difference' : 'differences'}.`,
    );
  talk.say(`flowhound: ${path}: ${formatCount(sound)} files, all as the manifest says`);
}
