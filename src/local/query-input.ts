/** What a query reads: log objects or files of JSON lines, found under paths or in what was ingested into the home. */
import { latestOfEach, type StoredLogObject } from '../core/batch.ts';
import { type LogObject, parseKey } from '../core/log-object.ts';
import { listIngested } from './manifests.ts';
import { listLogs, type RemoteLogs } from './remote-logs.ts';

export type FoundObjects = { readonly objects: readonly LogObject[]; readonly foreign: number };

/** Days, regions and accounts of partitions, as a query's parameters give them; `*` is every one. */
export type PartitionSelection = {
  readonly date_from?: string;
  readonly date_to?: string;
  readonly regions?: string;
  readonly accounts?: string;
};

const JSON_FILE = /\.(json|ndjson|jsonl)(\.gz)?$/;

/** Log objects under the paths; without paths, those in the home. */
export async function findLogObjects(
  paths: readonly string[],
  home: string,
  remote?: RemoteLogs,
  signal?: AbortSignal,
): Promise<FoundObjects> {
  if (paths.length === 0) return { objects: await listIngested(home), foreign: 0 };
  const objects: StoredLogObject[] = [];
  let foreign = 0;
  for await (const listed of listLogs(paths, remote, signal)) {
    const outcome = parseKey(listed.key);
    if ('foreign' in outcome) foreign++;
    else objects.push({ ...listed, ...outcome.logObject });
  }
  return { objects: latestOfEach(objects), foreign };
}

/** Files of JSON lines under the paths, by their ending. */
export async function findJsonFiles(
  paths: readonly string[],
  remote?: RemoteLogs,
  signal?: AbortSignal,
): Promise<{ files: { key: string }[]; foreign: number }> {
  const files: { key: string }[] = [];
  let foreign = 0;
  for await (const { key } of listLogs(paths, remote, signal)) {
    if (JSON_FILE.test(key)) files.push({ key });
    else foreign++;
  }
  return { files, foreign };
}

/**
 * First and last day of the objects, which is what a query reads where it is not told; all days without any. Where it is told
 * one end, the other lies on the right side of it: days without logs are no mistake.
 */
export function toDateSpan(
  objects: readonly LogObject[],
  { date_from = '', date_to = '' }: PartitionSelection,
): Required<Pick<PartitionSelection, 'date_from' | 'date_to'>> {
  const days = objects.map(({ date }) => date).sort();
  const [from, to] = [date_from.replaceAll('/', '-'), date_to.replaceAll('/', '-')];
  const [first] = [days[0] ?? '0001-01-01', to || '9999-12-31'].sort();
  const [, last] = [days.at(-1) ?? '9999-12-31', from].sort();
  return { date_from: first!, date_to: last! };
}

/** The objects in the partitions that the query names: the others need not be opened. */
export function selectPartitions(
  objects: readonly LogObject[],
  { date_from = '', date_to = '', regions = '*', accounts = '*' }: PartitionSelection,
): LogObject[] {
  const [from, to] = [date_from.replaceAll('/', '-'), date_to.replaceAll('/', '-')];
  const isListed = (list: string, value: string): boolean => list === '*' || list.split(',').includes(value);
  return objects.filter(
    ({ date, region, accountId }) =>
      date >= from && date <= to && isListed(regions, region) && isListed(accounts, accountId),
  );
}
