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
  /** The line of each row, and its number from 1. */
  readonly lines: readonly { readonly text: string; readonly number: number }[];
  readonly malformed: number;
  readonly isUsable: boolean;
};

const ADDRESSES = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];
const NUMBERS = ['packets', 'bytes', 'start', 'end', 'srcport', 'dstport', 'protocol'];
const LARGEST = 9223372036854775807n;
/** No line of a log is as long; a longer one is no row, whatever is in it, and no header. */
const LONGEST_LINE_BYTES = 65_536;

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
  const complete = object.text.split('\n');
  // What follows the last LF is a line of its own only where the object ends by itself.
  if (complete.at(-1) === '' || object.isDamaged) complete.pop();
  const filled = complete
    .map((raw, i) => ({ raw, text: raw.endsWith('\r') ? raw.slice(0, -1) : raw, number: i + 1 }))
    .filter(({ raw }) => isTooLong(raw) || !isBlank(raw));
  const header = filled[0]?.text.split(' ');
  if (header === undefined || isTooLong(filled[0]!.raw) || !header.includes('srcaddr') || !header.includes('dstaddr')) {
    return { rows: [], lines: [], malformed: 0, isUsable: false };
  }
  const rows: OracleRow[] = [];
  const lines: { text: string; number: number }[] = [];
  for (const { raw, text, number } of filled.slice(1)) {
    const row = isTooLong(raw) ? undefined : readRow(header, text.split(' '));
    if (row === undefined) continue;
    rows.push(row);
    lines.push({ text, number });
  }
  return { rows, lines, malformed: filled.length - 1 - rows.length, isUsable: true };
}

function isTooLong(text: string): boolean {
  return Buffer.byteLength(text) > LONGEST_LINE_BYTES;
}

function isBlank(text: string): boolean {
  return [...text].every((character) => ' \t\v\f\r'.includes(character));
}

/** Of two columns under one name the first is meant. Undefined: malformed. */
function readRow(header: readonly string[], values: readonly string[]): OracleRow | undefined {
  if (values.length !== header.length) return undefined;
  const row = new Map<string, string>();
  for (const [i, name] of header.entries()) if (!row.has(name)) row.set(name, values[i]!);
  return isMalformed(row) ? undefined : row;
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
