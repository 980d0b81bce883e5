/** Findings and sightings of a bundle, each in the forms that others read. No clock of its own: times are of the store. */
import { toAsff } from '../../core/asff.ts';
import { fromJson, toJson } from '../../core/exact-json.ts';
import type { Finding } from '../../core/finding-document.ts';
import { toOcsf } from '../../core/ocsf.ts';
import { toNetworkActivity } from '../../core/ocsf-network-activity.ts';
import { type Publication, publicationKey } from '../../core/publication.ts';
import type { ObjectStore } from '../../ports.ts';
import { readContext } from '../../tasks/record-data-ratio.ts';
import { openText } from './folder.ts';
import type { Execution } from './partitions.ts';
import type { BundleRequest } from './request.ts';

type Times = { readonly updatedAt: string; readonly createdAt?: string };

/** Where nothing ever ran. */
const NEVER = '1970-01-01T00:00:00.000Z';

export async function writeFindings(
  folder: string,
  { findings, sightings, version }: BundleRequest,
  executions: readonly Execution[],
  store: ObjectStore,
): Promise<void> {
  const lastRun = [NEVER, ...executions.map(({ clock }) => clock)].sort().at(-1)!;
  const owner = { accountId: findings[0]?.account_id ?? '', region: findings[0]?.region ?? '' };
  const open = (form: string) => openText(folder, `findings/${form}.ndjson`);
  const [plain, asff, ocsf] = [await open('findings'), await open('findings.asff'), await open('findings.ocsf')];
  for (const finding of findings) {
    const times = await readTimes(finding, lastRun, store);
    await plain.add(toJson(finding));
    const context = await readContext(finding.finding_id, store);
    const told = context === undefined ? finding : { ...finding, context };
    await asff.add(toJson(toAsff(told, owner, times.updatedAt, times.createdAt)));
    await ocsf.add(toJson(toOcsf(told, { version, ...times })));
  }
  const [seen, activity] = [await open('sightings'), await open('sightings.ocsf')];
  for (const sighting of sightings) {
    await seen.add(toJson(sighting));
    await activity.add(toJson(toNetworkActivity(sighting, { version, updatedAt: lastRun })));
  }
  await Promise.all([plain, asff, ocsf, seen, activity].map((file) => file.close()));
}

/** When it was published, if it was; else when the last run ended. */
async function readTimes({ finding_id }: Finding, lastRun: string, store: ObjectStore): Promise<Times> {
  const text = await store.get(publicationKey(finding_id));
  const { updated_at, created_at }: Partial<Publication> = text === undefined ? {} : fromJson<Publication>(text);
  const updatedAt = updated_at ?? lastRun;
  return created_at === undefined ? { updatedAt } : { updatedAt, createdAt: created_at };
}
