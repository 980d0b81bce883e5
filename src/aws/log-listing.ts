/**
 * Log objects under `s3://bucket/prefix/`: all of them, or those of some days, accounts and regions. For the latter only the
 * folders of those days are listed: a year of logs is not read through to find yesterday's.
 */
import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import { parseKey } from '../core/log-object.ts';
import type { ListedObject, Selection } from '../tasks/ingest.ts';
import { readAhead } from './read-ahead.ts';
import { toS3Error } from './s3-error.ts';
import { parseS3Url, type S3Place, toS3Url } from './s3-url.ts';

/** UTC days of the keys, both included: `2026-09-01`. */
export type DaySelection = Selection & { readonly from: string; readonly to: string };

/** VPC Flow Logs began on 2015-06-10: a day before it has no folder, and a mistyped year not half a million of them. */
const FIRST_DAY = '2015-06-01';
/** S3 answers 5,500 listings a second and prefix; this many keep a laptop's line busy. */
const AT_ONCE = 16;
const ORGANIZATION = /\/o-[a-z0-9]+\/$/;
/** Folder of an account → the folder of its regions, for plain and for Hive keys. */
const LAYOUTS = [
  { account: /\/(\d{12})\/$/, logs: 'vpcflowlogs/', region: /\/([a-z0-9-]+)\/$/, day: toPlainDay },
  {
    account: /\/aws-account-id=(\d{12})\/$/,
    logs: 'aws-service=vpcflowlogs/',
    region: /\/aws-region=([a-z0-9-]+)\/$/,
    day: toHiveDay,
  },
] as const;

/**
 * Lists the objects below a location. With a selection, `location` is what stands before `AWSLogs/`; one that reaches into
 * AWSLogs is read through. A bucket or permission that is wrong is a UsageError that says what to do. The signal ends it between
 * two pages.
 */
export async function* listS3Logs(
  client: S3Client,
  location: string,
  selection?: DaySelection,
  signal?: AbortSignal,
): AsyncGenerator<ListedObject> {
  const place = parseS3Url(location);
  const root = toAwsLogs(place.key);
  if (selection === undefined || root === undefined) {
    for await (const page of listPages(client, place, signal)) {
      for (const object of page) if (selection === undefined || isSelected(object.key, selection)) yield object;
    }
    return;
  }
  const regions = await findRegions(client, { ...place, key: root }, selection, signal);
  const days = listDays(selection);
  const folders = regions.flatMap(({ folder, toDay }) =>
    days.map((day) => ({ ...folder, key: folder.key + toDay(day) })),
  );
  for await (const page of readAhead(AT_ONCE, folders, (folder) => listPages(client, folder, signal))) yield* page;
}

/** `prefix/` → `prefix/AWSLogs/`; undefined for a prefix that names something inside of it. */
function toAwsLogs(prefix: string): string | undefined {
  if (/(^|\/)AWSLogs\/$/.test(prefix)) return prefix;
  if (/(^|\/)AWSLogs\//.test(prefix)) return undefined;
  return `${prefix}${prefix === '' || prefix.endsWith('/') ? '' : '/'}AWSLogs/`;
}

function isSelected(key: string, { from, to, accounts, regions }: DaySelection): boolean {
  const outcome = parseKey(key);
  if ('foreign' in outcome) return true; // Ingest counts it, with its reason.
  const { date, accountId, region } = outcome.logObject;
  return date >= from && date <= to && takes(accounts, accountId) && takes(regions, region);
}

function takes(chosen: readonly string[], one: string): boolean {
  return chosen.length === 0 || chosen.includes(one);
}

type RegionFolder = { readonly folder: S3Place; readonly toDay: (day: string) => string };

/** The folders of regions below `AWSLogs/`, below organizations too. */
async function findRegions(
  client: S3Client,
  root: S3Place,
  selection: DaySelection,
  signal?: AbortSignal,
): Promise<RegionFolder[]> {
  const foldersOf = (folder: S3Place) => listFolders(client, folder, signal);
  const top = await foldersOf(root);
  const organizations = top.filter(({ key }) => ORGANIZATION.test(key));
  const below = await mapConcurrently(AT_ONCE, organizations, foldersOf);
  const accounts = [...top, ...below.flat()].flatMap((folder) =>
    LAYOUTS.flatMap((layout) => {
      const account = layout.account.exec(folder.key)?.[1];
      if (account === undefined || !takes(selection.accounts, account)) return [];
      return [{ layout, folder: { ...folder, key: folder.key + layout.logs } }];
    }),
  );
  const found = await mapConcurrently(AT_ONCE, accounts, async ({ layout, folder }) => {
    const folders = await foldersOf(folder);
    const regions = folders.filter(({ key }) => {
      const region = layout.region.exec(key)?.[1];
      return region !== undefined && takes(selection.regions, region);
    });
    return regions.map((region) => ({ folder: region, toDay: layout.day }));
  });
  return found.flat();
}

function listDays({ from, to }: DaySelection): string[] {
  const days: string[] = [];
  const first = from < FIRST_DAY ? FIRST_DAY : from;
  for (const day = new Date(`${first}T00:00:00Z`); ; day.setUTCDate(day.getUTCDate() + 1)) {
    const text = day.toISOString().slice(0, 10);
    if (text > to) return days;
    days.push(text);
  }
}

function toPlainDay(day: string): string {
  return `${day.replaceAll('-', '/')}/`;
}

function toHiveDay(day: string): string {
  const [year, month, date] = day.split('-');
  return `year=${year}/month=${month}/day=${date}/`;
}

async function listFolders(client: S3Client, place: S3Place, signal?: AbortSignal): Promise<S3Place[]> {
  const folders: S3Place[] = [];
  for await (const { CommonPrefixes = [] } of list(client, place, { delimiter: '/', signal })) {
    for (const { Prefix } of CommonPrefixes) folders.push({ bucket: place.bucket, key: Prefix ?? '' });
  }
  return folders;
}

async function* listPages(client: S3Client, place: S3Place, signal?: AbortSignal): AsyncGenerator<ListedObject[]> {
  for await (const { Contents = [] } of list(client, place, { signal })) {
    yield Contents.map(({ Key = '', Size = 0, ETag = '', LastModified }) => ({
      key: toS3Url({ bucket: place.bucket, key: Key }),
      sizeBytes: Size,
      etag: ETag.replaceAll('"', ''),
      modified: LastModified?.getTime() ?? 0,
    }));
  }
}

async function* list(
  client: S3Client,
  { bucket, key }: S3Place,
  { delimiter, signal }: { readonly delimiter?: string; readonly signal: AbortSignal | undefined },
): AsyncGenerator<ListObjectsV2CommandOutput> {
  let after: string | undefined;
  do {
    signal?.throwIfAborted();
    const page = await client
      .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, Delimiter: delimiter, ContinuationToken: after }))
      .catch((error) => {
        throw toS3Error(error, `s3://${bucket}`, 's3:ListBucket');
      });
    yield page;
    after = page.NextContinuationToken;
  } while (after !== undefined);
}
