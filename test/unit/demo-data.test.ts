/** The checked-in demo: made by its generator, and true to the planted truth by a plain count that knows neither. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { generateDemo } from '../../demo/generate.ts';
import truth from '../data/demo-truth.json' with { type: 'json' };

const DEMO = join(import.meta.dirname, '../../demo');
const scratch = mkdtempSync(join(tmpdir(), 'flowhound-demo-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Text of a file; of a truncated one, what stands before the break, cut back to its last whole line. */
function textOf(path: string): string {
  const content = readFileSync(path);
  if (!path.endsWith('.gz') || content.length === 0) return content.toString('latin1');
  const text = gunzipSync(content, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function hashesOf(folder: string, read: (path: string) => string | Buffer): Record<string, string> {
  const files = filesUnder(join(folder, 'logs')).map((file) => join('logs', file));
  const hash = (file: string) =>
    createHash('sha256')
      .update(read(join(folder, file)))
      .digest('hex');
  return Object.fromEntries([...files, 'iocs.csv'].map((file) => [file, hash(file)]));
}

const OBJECTS = filesUnder(join(DEMO, 'logs')).filter((file) => file.endsWith('.log.gz'));

type Row = Record<string, string> & { file: string };

/** Every OK, NODATA and SKIPDATA row of the demo, by field name; a line of another width or with odd numbers is none. */
function readRows(): { rows: Row[]; malformed: number } {
  const rows: Row[] = [];
  let malformed = 0;
  for (const file of OBJECTS) {
    const [header = '', ...lines] = textOf(join(DEMO, 'logs', file))
      .trimEnd()
      .split('\n');
    const fields = header.split(' ');
    for (const line of lines) {
      const values = line.split(' ');
      const row = Object.fromEntries(fields.map((field, i) => [field, values[i] ?? ''])) as Row;
      const numbers = ['packets', 'bytes', 'start', 'end', 'srcport', 'dstport', 'protocol'].map(
        (field) => row[field]!,
      );
      const isSound =
        values.length === fields.length &&
        numbers.every((text) => /^(-|\d+)$/.test(text)) &&
        row.dstaddr !== '10.1.2.400';
      if (isSound) rows.push({ ...row, file });
      else malformed++;
    }
  }
  return { rows, malformed };
}

const { rows, malformed } = readRows();

/** Which indicator of the list holds an address, told by its text alone. */
function indicatorOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  if (['203.0.113.66', '203.0.113.129', '2001:db8:77::1'].includes(address)) return address;
  return ['192.0.2.', '198.51.100.'].filter((start) => address.startsWith(start)).map((start) => `${start}0/24`)[0];
}

type Count = (typeof truth.sightings)[number];

const time = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19).concat('Z');

/** Sightings, one pass per side, with everything kept as lists until the end: slow and plain. */
function countByHand(): Count[] {
  const groups = new Map<string, { row: Row; remote: string; side: 'out' | 'in' }[]>();
  for (const row of rows.filter((candidate) => candidate['log-status'] === 'OK')) {
    const source = [row['pkt-srcaddr'], row.srcaddr].filter((address) => address !== undefined);
    const destination = [row['pkt-dstaddr'], row.dstaddr].filter((address) => address !== undefined);
    for (const [side, remotes, locals] of [
      ['out', destination, source] as const,
      ['in', source, destination] as const,
    ]) {
      const remote = remotes.find((address) => indicatorOf(address) !== undefined);
      if (remote === undefined) continue;
      const [account, , region] = row.file.slice(row.file.lastIndexOf('/') + 1).split('_');
      const key = [indicatorOf(remote), account, region, row['interface-id'], locals[0]].join('\0');
      groups.set(key, [...(groups.get(key) ?? []), { row, remote, side }]);
    }
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, hits]) => toCount(key, hits));
}

function toCount(key: string, hits: { row: Row; remote: string; side: 'out' | 'in' }[]): Count {
  const [indicator, account_id, region, interface_id, local_ip] = key.split('\0') as [
    string,
    string,
    string,
    string,
    string,
  ];
  const rowsOf = (side: string) => hits.filter((hit) => hit.side === side).map((hit) => hit.row);
  const sum = (side: string, field: string) => rowsOf(side).reduce((total, row) => total + Number(row[field]), 0);
  return {
    indicator,
    indicator_ip: [...new Set(hits.map((hit) => hit.remote))].sort(),
    account_id,
    region,
    interface_id,
    local_ip,
    records_out: rowsOf('out').length,
    bytes_out: sum('out', 'bytes'),
    packets_out: sum('out', 'packets'),
    records_in: rowsOf('in').length,
    bytes_in: sum('in', 'bytes'),
    packets_in: sum('in', 'packets'),
    accepted: hits.filter((hit) => hit.row.action === 'ACCEPT').length,
    rejected: hits.filter((hit) => hit.row.action === 'REJECT').length,
    first_seen: time(Math.min(...hits.map((hit) => Number(hit.row.start)))),
    last_seen: time(Math.max(...hits.map((hit) => Number(hit.row.end)))),
  };
}

describe('the demo', () => {
  const regenerated = generateDemo(scratch);

  it('is what its generator writes', () => {
    expect(regenerated).toEqual(truth);
    expect(hashesOf(scratch, textOf)).toEqual(hashesOf(DEMO, textOf));
  });

  // Another zlib may compress the same text otherwise, so bytes are compared only where the checked-in files were made.
  it.runIf(process.arch === 'x64' && process.versions.zlib === '1.3.2.1-motley-8002e91')(
    'is so byte for byte under the same zlib',
    () => {
      expect(hashesOf(scratch, (path) => readFileSync(path))).toEqual(hashesOf(DEMO, (path) => readFileSync(path)));
    },
  );

  it('holds exactly the planted truth', () => {
    expect(countByHand()).toEqual(truth.sightings);
  });

  it('holds the damage it speaks of', () => {
    const statusCount = (status: string) => rows.filter((row) => row['log-status'] === status).length;
    expect([statusCount('OK'), statusCount('NODATA'), statusCount('SKIPDATA')]).toEqual([
      truth.logs.ok,
      truth.logs.noData,
      truth.logs.skipData,
    ]);
    expect(malformed).toBe(truth.logs.malformed);
    const broken = OBJECTS.map((file) => readFileSync(join(DEMO, 'logs', file))).filter(
      (content) => !isWholeGzip(content),
    );
    expect(broken.map((content) => content.length > 0).sort()).toEqual([false, true]);
    expect(filesUnder(join(DEMO, 'logs')).length - OBJECTS.length).toBe(truth.logs.foreign);
    expect(OBJECTS.length).toBe(truth.logs.objects + truth.logs.empty);
  });

  it('shows the neighbours of indicators, and keeps every record in the time its object is named for', () => {
    const addresses = new Set(rows.flatMap((row) => [row.srcaddr, row.dstaddr]));
    for (const neighbour of ['203.0.113.6', '203.0.113.67', '198.51.101.23', '2001:db8:770::1'])
      expect(addresses).toContain(neighbour);
    const late = rows.filter((row) => {
      const [, y, m, d, h] = /_(\d{4})(\d\d)(\d\d)T(\d\d)00Z_/.exec(row.file)!.map(Number);
      const slot = Date.UTC(y!, m! - 1, d!, h!) / 1000;
      return Number(row.end) < slot || Number(row.end) >= slot + 7200;
    });
    expect(late).toEqual([]);
  });

  it('has six formats, both key layouts and fits the package', () => {
    const headers = new Set(OBJECTS.map((file) => textOf(join(DEMO, 'logs', file)).split('\n')[0]).filter(Boolean));
    expect(headers.size).toBe(6);
    expect(OBJECTS.filter((file) => file.includes('aws-account-id=')).length).toBeGreaterThan(50);
    const size = OBJECTS.reduce((total, file) => total + readFileSync(join(DEMO, 'logs', file)).length, 0);
    expect(size).toBeLessThan(3_000_000);
  });
});

function isWholeGzip(content: Buffer): boolean {
  try {
    return gunzipSync(content).length > 0;
  } catch {
    return false;
  }
}
