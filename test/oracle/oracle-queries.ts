/**
 * The oracle's rows of the two queries whose CSV the contract fixes, as CSV lines without the header.
 */
import { numberOf, type OracleObject, type OracleRow, readKey, readRows } from './oracle-records.ts';

export const DIRECTIONAL_HEADER =
  'account,interfaceid,source,destination,direction,connecting_ip,connecting_port,protocol,numpackets,numbytes,' +
  'action,logstatus,startTime,endTime,sessionTime';
export const DATA_RATIO_HEADER =
  'sourceaddress,destinationaddress,record_count,total_bytes,data_ratio,first_seen,last_seen';

/**
 * Undefined stands for NULL. Text columns are verbatim, `-` included, as the playbook's table has them on Athena; a
 * number that is `-` is NULL, and so is a column the format lacks.
 */
type Cell = string | undefined;

/** A row can give two lines: INBOUND if its destination is an IOC, OUTBOUND if its source is. */
export function directionalRows(objects: readonly OracleObject[], iocs: readonly string[]): string[] {
  const lines: { cells: Cell[]; order: (bigint | string | undefined)[] }[] = [];
  for (const row of allRows(objects)) {
    for (const direction of ['INBOUND', 'OUTBOUND']) {
      const [ioc, own] = direction === 'INBOUND' ? ['dst', 'src'] : ['src', 'dst'];
      if (!iocs.includes(row.get(`${ioc}addr`)!)) continue;
      // As published: the connecting address is the source of an INBOUND row, the destination of an OUTBOUND one.
      const connecting = row.get(`${own}addr`);
      const [start, end] = [numberOf(row, 'start'), numberOf(row, 'end')];
      const session = start === undefined || end === undefined ? undefined : end - start;
      const interfaceId = row.get('interface-id');
      const cells = [
        ...[row.get('account-id'), interfaceId, endpoint(row, 'src'), endpoint(row, 'dst'), direction, connecting],
        ...[`${own}port`, 'protocol', 'packets', 'bytes'].map((name) => numberOf(row, name)?.toString()),
        ...[row.get('action'), row.get('log-status'), timestamp(start), timestamp(end), session?.toString()],
      ];
      lines.push({ cells, order: [start, end, session, interfaceId, connecting, direction] });
    }
  }
  return lines.sort((a, b) => compareAll(a.order, b.order)).map(({ cells }) => toCsv(cells));
}

export function dataRatios(objects: readonly OracleObject[], ip: string): string[] {
  const pairs = new Map<string, { source: Cell; destination: Cell; rows: OracleRow[] }>();
  for (const row of allRows(objects)) {
    if (row.get('srcaddr') !== ip && row.get('dstaddr') !== ip) continue;
    const [source, destination] = [row.get('srcaddr'), row.get('dstaddr')];
    const pair = pairs.get(`${source} ${destination}`) ?? { source, destination, rows: [] };
    pair.rows.push(row);
    pairs.set(`${source} ${destination}`, pair);
  }
  const lines = [...pairs.values()].map(({ source, destination, rows }) => {
    const total = rows.reduce((sum, row) => sum + (numberOf(row, 'bytes') ?? 0n), 0n);
    const starts = rows.map((row) => numberOf(row, 'start')).filter((start) => start !== undefined);
    const ends = rows.map((row) => numberOf(row, 'end')).filter((end) => end !== undefined);
    const cells = [
      ...[source, destination, String(rows.length), String(total), twoDecimals(total, BigInt(rows.length))],
      ...[slashed(starts.sort(compare)[0]), slashed(ends.sort(compare).at(-1))],
    ];
    return { cells, order: [-total, source, destination] };
  });
  return lines.sort((a, b) => compareAll(a.order, b.order)).map(({ cells }) => toCsv(cells));
}

function allRows(objects: readonly OracleObject[]): OracleRow[] {
  const byName = new Map<string, OracleObject>();
  for (const object of objects) {
    const key = readKey(object.key);
    if (key !== undefined && !byName.has(key.name)) byName.set(key.name, object);
  }
  return [...byName.values()].flatMap((object) => readRows(object).rows);
}

function endpoint(row: OracleRow, side: 'src' | 'dst'): Cell {
  const [address, port] = [row.get(`${side}addr`), numberOf(row, `${side}port`)];
  return address === undefined || port === undefined ? undefined : `${address}:${port}`;
}

function timestamp(seconds: bigint | undefined): Cell {
  if (seconds === undefined) return undefined;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')}.000`;
}

function slashed(seconds: bigint | undefined): Cell {
  return timestamp(seconds)?.slice(0, 19).replaceAll('-', '/');
}

/** Exact division, half away from zero: totals pass 2^53, so a double would not do. */
export function twoDecimals(total: bigint, count: bigint): string {
  const hundredths = (total * 200n + count) / (2n * count);
  return `${hundredths / 100n}.${(hundredths % 100n).toString().padStart(2, '0')}`;
}

function toCsv(cells: readonly Cell[]): string {
  return cells
    .map((cell) => {
      if (cell === undefined) return '';
      return ['"', ',', '\r', '\n'].some((special) => cell.includes(special))
        ? `"${cell.replaceAll('"', '""')}"`
        : cell;
    })
    .join(',');
}

function compareAll(a: readonly (bigint | string | undefined)[], b: readonly (bigint | string | undefined)[]): number {
  for (const [i, left] of a.entries()) {
    const order = compare(left, b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

/** NULLs come last, as in Athena. */
function compare(a: bigint | string | undefined, b: bigint | string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}
