/**
 * The oracle's own reading of log objects: key → account and region; text → rows that are not malformed.
 */
import { type OracleAddress, readAddress } from './oracle-address.ts';

/** A log object as it can be read at best: `text` is what precedes the damage, if any. */
export type OracleObject = { readonly key: string; readonly text: string; readonly isDamaged: boolean };
export type OracleKey = { readonly name: string; readonly account: string; readonly region: string };
export type OracleRow = ReadonlyMap<string, string>;
export type ObjectRows = {
  readonly rows: readonly OracleRow[];
  readonly malformed: number;
  readonly isUsable: boolean;
};

const ADDRESSES = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];
const NUMBERS = ['packets', 'bytes', 'start', 'end', 'srcport', 'dstport', 'protocol'];
const LARGEST = 9223372036854775807n;

/** Undefined for foreign keys. */
export function readKey(key: string): OracleKey | undefined {
  const parts = key.split('/');
  const name = parts.at(-1)!;
  if (!name.endsWith('.log.gz')) return undefined;
  const at = parts.indexOf('AWSLogs');
  if (at < 0) return undefined;
  let folders = parts.slice(at + 1, -1);
  if (folders[0]?.startsWith('o-')) folders = folders.slice(1);
  const isHive = folders[0]?.startsWith('aws-account-id=') ?? false;
  const names = ['aws-account-id', 'aws-service', 'aws-region', 'year', 'month', 'day', 'hour'];
  const values = folders.map((folder, i) => {
    if (!isHive) return folder;
    return folder.startsWith(`${names[i]}=`) ? folder.slice(names[i]!.length + 1) : '';
  });
  const [account, service, region, ...date] = values;
  if (account === undefined || !isDigits(account) || account.length !== 12) return undefined;
  if (service !== 'vpcflowlogs' || region === undefined || region === '') return undefined;
  if (date.length < 3 || date.length > 4 || !date.every(isDigits)) return undefined;
  return { name, account, region };
}

export function readRows(object: OracleObject): ObjectRows {
  const lines = object.text.split('\n');
  const last = lines.pop()!;
  // What follows the last LF is a line of its own only where the object ends by itself.
  const complete = lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (last !== '' && !object.isDamaged) complete.push(last);
  const filled = complete.filter((line) => line !== '');
  const header = filled[0]?.split(' ');
  if (header === undefined || !header.includes('srcaddr') || !header.includes('dstaddr')) {
    return { rows: [], malformed: 0, isUsable: false };
  }
  const rows: OracleRow[] = [];
  let malformed = 0;
  for (const line of filled.slice(1)) {
    const values = line.split(' ');
    const row = new Map(header.map((name, i) => [name, values[i] ?? '']));
    if (values.length !== header.length || isMalformed(row)) malformed++;
    else rows.push(row);
  }
  return { rows, malformed, isUsable: true };
}

function isMalformed(row: OracleRow): boolean {
  for (const name of ADDRESSES) {
    const text = row.get(name);
    if (text !== undefined && text !== '-' && readAddress(text) === undefined) return true;
  }
  for (const name of NUMBERS) {
    const text = row.get(name);
    if (text !== undefined && text !== '-' && !(isDigits(text) && BigInt(text) <= LARGEST)) return true;
  }
  return false;
}

/** `-` and a missing field are both absent. */
export function textOf(row: OracleRow, name: string): string | undefined {
  const text = row.get(name);
  return text === '-' ? undefined : text;
}

export function numberOf(row: OracleRow, name: string): bigint | undefined {
  const text = textOf(row, name);
  return text === undefined ? undefined : BigInt(text);
}

export function addressOf(row: OracleRow, name: string): OracleAddress | undefined {
  const text = textOf(row, name);
  return text === undefined ? undefined : readAddress(text);
}

export function isDigits(text: string): boolean {
  return text !== '' && [...text].every((digit) => digit >= '0' && digit <= '9');
}
