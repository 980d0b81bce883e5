/** `evidence/` in a store → the records of each finding that are worth reading: the first, the last, the largest. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Evidence } from '../core/evidence.ts';
import { fromJson } from '../core/exact-json.ts';
import type { Finding } from '../core/finding-document.ts';
import { readLines } from '../core/text-lines.ts';
import type { ObjectStore } from '../ports.ts';
import { Best } from './best.ts';

export type EvidenceRow = Evidence & { readonly direction: 'out' | 'in' };

/** Rows by time. */
export type FindingEvidence = readonly EvidenceRow[];

/** Findings beyond these have their records in the store, and a line in the tables. */
export const MOST_FINDINGS = 24;
const KEPT_EACH_WAY = 10;

const RECORDS = 'evidence/records/';

/** Reads all evidence once, and keeps a few records of each of the gravest findings. */
export async function pickEvidence(
  findings: readonly Finding[],
  store: ObjectStore,
): Promise<Map<string, FindingEvidence>> {
  const shown = findings.slice(0, MOST_FINDINGS);
  const owners = toOwners(shown);
  const picks = new Map(shown.map(({ finding_id }) => [finding_id, new Pick()]));
  for await (const key of store.list(RECORDS)) {
    const partition = /^evidence\/records\/(.*)\.json\.gz$/.exec(key)?.[1];
    if (partition === undefined) continue;
    const indicators = await readIndicatorAddresses(`evidence/indicator_addresses/${partition}.json`, store);
    for await (const evidence of readRecords(key, store)) {
      for (const direction of ['out', 'in'] as const) {
        const owner = findOwner(evidence, direction, indicators, owners);
        if (owner !== undefined) picks.get(owner.finding_id)!.add({ ...evidence, direction });
      }
    }
  }
  return new Map([...picks].map(([id, pick]) => [id, pick.rows()]));
}

class Pick {
  readonly #kept = [
    new Best<EvidenceRow>(KEPT_EACH_WAY, (row) => -toTime(row), nameRow),
    new Best<EvidenceRow>(KEPT_EACH_WAY, toTime, nameRow),
    new Best<EvidenceRow>(KEPT_EACH_WAY, (row) => Number(row.bytes ?? 0), nameRow),
  ];

  add(row: EvidenceRow): void {
    for (const best of this.#kept) best.add(row);
  }

  rows(): EvidenceRow[] {
    const rows = this.#kept.flatMap((best) => best.items());
    const distinct = new Map(rows.map((row) => [nameRow(row), row]));
    return [...distinct]
      .sort(
        ([a, one], [b, other]) =>
          toTime(one) - toTime(other) || one.line_number - other.line_number || (a < b ? -1 : 1),
      )
      .map(([, row]) => row);
  }
}

/** A record is evidence of as many batches as its object came in with. */
function nameRow({ object, line_number, direction }: EvidenceRow): string {
  return `${object} ${line_number} ${direction}`;
}

function toTime({ start_time, end_time }: Evidence): number {
  return Number(start_time ?? end_time ?? 0);
}

/** Whose records: those of its legs with its indicator, of its month or, for rejected scans, its day. */
export function toOwners(findings: readonly Finding[]): Map<string, Finding[]> {
  const owners = new Map<string, Finding[]>();
  for (const finding of findings) {
    for (const { account_id, interface_id, local_ip } of finding.legs) {
      const key = [finding.indicator, account_id, interface_id, local_ip].join(' ');
      owners.set(key, [...(owners.get(key) ?? []), finding]);
    }
  }
  return owners;
}

/** The ends are told apart as the match query does: sql/workflow/ioc_matches.sql. */
export function findOwner(
  row: Evidence,
  direction: 'out' | 'in',
  indicators: ReadonlyMap<string, string>,
  owners: ReadonlyMap<string, readonly Finding[]>,
): Finding | undefined {
  const remotes = direction === 'out' ? [row.dstaddr, row.pkt_dstaddr] : [row.srcaddr, row.pkt_srcaddr];
  const local = direction === 'out' ? (row.pkt_srcaddr ?? row.srcaddr) : (row.pkt_dstaddr ?? row.dstaddr);
  const end = row.end_time ?? row.start_time;
  const day = end === null ? undefined : toDay(Number(end));
  for (const remote of remotes) {
    const indicator = indicators.get(remote ?? '');
    const found = owners.get([indicator, row.account_id, row.interface_id, local ?? '-'].join(' ')) ?? [];
    const owner = found.find((one) => day === undefined || day.startsWith(one.day ?? one.month));
    if (indicator !== undefined && owner !== undefined) return owner;
  }
  return undefined;
}

function toDay(second: number): string | undefined {
  const date = new Date(second * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10);
}

async function readIndicatorAddresses(key: string, store: ObjectStore): Promise<Map<string, string>> {
  const lines = ((await store.get(key)) ?? '').split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const { address, indicator } = JSON.parse(line) as { address: string; indicator: string };
      return [address, indicator];
    }),
  );
}

async function* readRecords(key: string, store: ObjectStore): AsyncGenerator<Evidence> {
  const bytes = await store.bytes(key);
  if (bytes === undefined) return;
  const text = Readable.from([bytes]).pipe(createGunzip());
  for await (const line of readLines(text)) if (line !== '') yield fromJson<Evidence>(line);
}
