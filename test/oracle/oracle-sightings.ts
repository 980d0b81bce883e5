/**
 * The oracle's sightings: the contract's table, row by row and indicator by indicator.
 */
import { holds, type OracleAddress, type OracleNetwork, writeAddress } from './oracle-address.ts';
import { indicatorsHolding, type OracleIndicator } from './oracle-indicators.ts';
import {
  addressOf,
  isDigits,
  numberOf,
  type OracleKey,
  type OracleObject,
  type OracleRow,
  readKey,
  readRows,
  textOf,
} from './oracle-records.ts';

export type OracleSighting = {
  indicator: string;
  indicator_ip: string[];
  comment: string;
  source: string;
  account_id: string;
  region: string;
  interface_id: string;
  local_ip: string;
  records_out: number;
  bytes_out: bigint;
  packets_out: bigint;
  records_in: number;
  bytes_in: bigint;
  packets_in: bigint;
  accepted: number;
  rejected: number;
  first_seen: string | null;
  last_seen: string | null;
  also_in: string[];
};

export type Question = {
  readonly objects: readonly OracleObject[];
  readonly indicators: readonly OracleIndicator[];
  readonly allow?: readonly OracleNetwork[];
  /** Inclusive; applies to the row's end. */
  readonly from?: Date;
  /** Exclusive; applies to the row's end. */
  readonly to?: Date;
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
};

type Side = 'out' | 'in';
type Tally = OracleSighting & { remotes: Set<string>; starts: bigint[]; ends: bigint[] };

export function findSightings(question: Question): OracleSighting[] {
  const tallies = new Map<string, Tally>();
  const seenNames = new Set<string>();
  for (const object of question.objects) {
    const key = readKey(object.key);
    if (key === undefined || seenNames.has(key.name)) continue;
    seenNames.add(key.name);
    if (question.accounts && !question.accounts.includes(key.account)) continue;
    if (question.regions && !question.regions.includes(key.region)) continue;
    for (const row of readRows(object).rows) {
      if (!isOk(row) || !isInWindow(row, question)) continue;
      countSide(tallies, question, key, row, 'out');
      countSide(tallies, question, key, row, 'in');
    }
  }
  return [...tallies.values()].sort(byPlainText).map(toSighting);
}

function isOk(row: OracleRow): boolean {
  return !row.has('log-status') || row.get('log-status') === 'OK';
}

/** A row without an end lies in no window. */
function isInWindow(row: OracleRow, { from, to }: Question): boolean {
  if (from === undefined && to === undefined) return true;
  const end = numberOf(row, 'end');
  if (end === undefined) return false;
  if (from !== undefined && end * 1000n < BigInt(from.getTime())) return false;
  return to === undefined || end * 1000n < BigInt(to.getTime());
}

/** One side of a row: each indicator credited there counts the row once, whichever of the two columns hit. */
function countSide(tallies: Map<string, Tally>, question: Question, key: OracleKey, row: OracleRow, side: Side): void {
  const columns = side === 'out' ? ['dstaddr', 'pkt-dstaddr'] : ['srcaddr', 'pkt-srcaddr'];
  const credited = new Map<OracleIndicator, { also: string[]; remotes: Set<string> }>();
  for (const column of columns) {
    const address = addressOf(row, column);
    if (address === undefined || isAllowed(question, address)) continue;
    const [best, ...others] = indicatorsHolding(question.indicators, address);
    if (best === undefined) continue;
    const credit = credited.get(best) ?? { also: others.map(({ text }) => text).sort(), remotes: new Set() };
    credit.remotes.add(writeAddress(address));
    credited.set(best, credit);
  }
  for (const [indicator, { also, remotes }] of credited) {
    const tally = tallyOf(tallies, indicator, key, row, side, also);
    for (const remote of remotes) tally.remotes.add(remote);
    addRow(tally, row, side);
  }
}

function isAllowed(question: Question, address: OracleAddress): boolean {
  return (question.allow ?? []).some((network) => holds(network, address));
}

function tallyOf(
  tallies: Map<string, Tally>,
  indicator: OracleIndicator,
  key: OracleKey,
  row: OracleRow,
  side: Side,
  alsoIn: string[],
): Tally {
  const rowAccount = row.get('account-id') ?? '';
  const account = rowAccount.length === 12 && isDigits(rowAccount) ? rowAccount : key.account;
  const region = textOf(row, 'region') ?? key.region;
  const interfaceId = row.get('interface-id') ?? '-';
  const localIp = localAddress(row, side);
  const id = [indicator.text, account, region, interfaceId, localIp].join(' ');
  const tally = tallies.get(id) ?? {
    ...{ indicator: indicator.text, indicator_ip: [], comment: indicator.comment, source: indicator.source },
    ...{ account_id: account, region, interface_id: interfaceId, local_ip: localIp },
    ...{ records_out: 0, bytes_out: 0n, packets_out: 0n, records_in: 0, bytes_in: 0n, packets_in: 0n },
    ...{ accepted: 0, rejected: 0, first_seen: null, last_seen: null, also_in: alsoIn },
    ...{ remotes: new Set<string>(), starts: [], ends: [] },
  };
  tallies.set(id, tally);
  return tally;
}

/** The opposite end: its packet-level address where there is one, else the plain one. */
function localAddress(row: OracleRow, side: Side): string {
  const [packetLevel, plain] = side === 'out' ? ['pkt-srcaddr', 'srcaddr'] : ['pkt-dstaddr', 'dstaddr'];
  const address = addressOf(row, packetLevel!) ?? addressOf(row, plain!);
  return address === undefined ? '-' : writeAddress(address);
}

function addRow(tally: Tally, row: OracleRow, side: Side): void {
  const bytes = numberOf(row, 'bytes') ?? 0n;
  const packets = numberOf(row, 'packets') ?? 0n;
  if (side === 'out') {
    tally.records_out += 1;
    tally.bytes_out += bytes;
    tally.packets_out += packets;
  } else {
    tally.records_in += 1;
    tally.bytes_in += bytes;
    tally.packets_in += packets;
  }
  if (row.get('action') === 'ACCEPT') tally.accepted += 1;
  if (row.get('action') === 'REJECT') tally.rejected += 1;
  const start = numberOf(row, 'start');
  const end = numberOf(row, 'end');
  if (start !== undefined) tally.starts.push(start);
  if (end !== undefined) tally.ends.push(end);
}

function toSighting({ remotes, starts, ends, ...sighting }: Tally): OracleSighting {
  return {
    ...sighting,
    indicator_ip: [...remotes].sort(),
    first_seen: toIso(starts.sort(ascending)[0]),
    last_seen: toIso(ends.sort(ascending).at(-1)),
  };
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function toIso(seconds: bigint | undefined): string | null {
  return seconds === undefined ? null : `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

function byPlainText(a: OracleSighting, b: OracleSighting): number {
  for (const key of ['indicator', 'account_id', 'region', 'interface_id', 'local_ip'] as const) {
    if (a[key] !== b[key]) return a[key] < b[key] ? -1 : 1;
  }
  return 0;
}
