/** The views on real Trino: the rows that DuckDB gives, each record once however many formats lie in one folder. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseDefinition } from '../../src/core/query.ts';
import { VIEW_CASE } from '../golden/cases.ts';
import { DAY_1, LogFolder, US } from '../golden/log-folder.ts';
import { openWarehouse, readSql, VIEW_TEXTS, type Warehouse } from './warehouse.ts';

const servers = inject('servers');

async function fill(warehouse: Warehouse, folder: LogFolder): Promise<void> {
  await warehouse.putFolder(folder.path);
  folder.remove();
  const lines = VIEW_CASE.iocs.map(({ address, comment }) => `"${address}","${comment}"\n`);
  await warehouse.put('iocs/iocs.csv', lines.join(''));
  await warehouse.ingest();
}

describe.skipIf(servers === undefined)('views', () => {
  let warehouse: Warehouse;
  const rowsOf = async (sql: string): Promise<string[]> =>
    (await warehouse.run({ sql, values: [] })).lines.slice(1).sort();

  beforeAll(async () => {
    warehouse = await openWarehouse(servers!, 'views');
    const folder = new LogFolder();
    folder.add(US, VIEW_CASE.lines);
    await fill(warehouse, folder);
    await warehouse.put('json/a.json', VIEW_CASE.json);
  });
  afterAll(() => warehouse?.close());

  it('incident_vpc_flow_directional has one row for each end that is an indicator', async () => {
    expect(await rowsOf('SELECT * FROM incident_vpc_flow_directional')).toEqual(VIEW_CASE.directional);
  });

  it('vpc_flow_log_records leaves out what says nothing', async () => {
    expect(await rowsOf('SELECT vpc_id FROM vpc_flow_log_records')).toEqual(VIEW_CASE.vpcIds);
  });

  it('vpc_flow_log_records has a row for a line that is an array: OpenX reads it by position, DuckDB leaves it out', async () => {
    const list = await openWarehouse(servers!, 'arrays');
    await list.put('json/a.json', '[1]\n');
    await list.run({ sql: readSql('views/vpc_flow_log_records.sql'), values: [] });
    const { lines } = await list.ask('vpc_flow_logs_sample');
    expect(lines.slice(1)).toEqual([`1${','.repeat(21)}`]);
    await list.close();
  });

  it('have the columns that their definitions name', async () => {
    for (const text of Object.values(VIEW_TEXTS)) {
      const { name, columns } = parseDefinition(text);
      const header = (await warehouse.run({ sql: `SELECT * FROM ${name} LIMIT 0`, values: [] })).lines[0]!;
      expect(header.split(','), name).toEqual(columns);
    }
  });
});

/** Three flow logs in two formats, two of the formats in one folder; the third lies in a day of its own. */
describe.skipIf(servers === undefined)('flow_records over two formats', () => {
  const A = 'srcaddr dstaddr bytes account-id log-status';
  const B = 'version dstaddr srcaddr start end bytes interface-id';
  let warehouse: Warehouse;
  const rowsOf = async (sql: string): Promise<string[]> => (await warehouse.run({ sql, values: [] })).lines.slice(1);

  beforeAll(async () => {
    warehouse = await openWarehouse(servers!, 'formats');
    const folder = new LogFolder();
    folder.add(US, [A, '10.0.0.1 203.0.113.7 1 111122223333 OK', '10.0.0.2 203.0.113.7 2 111122223333 OK'], 'fl-0a');
    folder.add(US, [B, `5 10.0.0.3 198.51.100.9 ${DAY_1} ${DAY_1 + 1} 4 eni-b`], 'fl-0b');
    folder.add(US, [A, '10.0.0.4 10.0.0.5 8 111122223333 OK'], 'fl-0c');
    folder.add({ ...US, day: '2026/09/02' }, [B, `5 10.0.0.6 10.0.0.7 ${DAY_1} ${DAY_1 + 1} 16 eni-b`], 'fl-0b');
    await fill(warehouse, folder);
  });
  afterAll(() => warehouse?.close());

  it('has each record once, read by the table of its own format', async () => {
    const sql = `SELECT sourceaddress, destinationaddress, numbytes, interfaceid, logstatus, date_partition,
      regexp_extract(object, 'fl-[0-9a-z]+') FROM flow_records ORDER BY numbytes`;
    expect(await rowsOf(sql)).toEqual([
      '10.0.0.1,203.0.113.7,1,,OK,2026/09/01,fl-0a',
      '10.0.0.2,203.0.113.7,2,,OK,2026/09/01,fl-0a',
      '198.51.100.9,10.0.0.3,4,eni-b,,2026/09/01,fl-0b',
      '10.0.0.4,10.0.0.5,8,,OK,2026/09/01,fl-0c',
      '10.0.0.7,10.0.0.6,16,eni-b,,2026/09/02,fl-0b',
    ]);
    expect(await rowsOf('SELECT COUNT(*), SUM(numbytes) FROM vpcflow')).toEqual(['5,31']);
  });

  it('leaves out the objects of a flow log that nobody knows yet', async () => {
    const folder = new LogFolder();
    folder.add(US, ['dstaddr bytes srcaddr', '10.0.0.8 32 10.0.0.9'], 'fl-0d');
    await warehouse.putFolder(folder.path);
    folder.remove();
    expect(await rowsOf('SELECT COUNT(*), SUM(numbytes) FROM vpcflow')).toEqual(['5,31']);
  });

  it('reads a folder once for each format that is registered for it, other folders once', async () => {
    const bytesOf = async (where: string) =>
      (await warehouse.run({ sql: `SELECT COUNT(numbytes) FROM vpcflow WHERE ${where}`, values: [] })).bytes;
    expect(await bytesOf("date_partition = '2026/09/01'")).toBe(2 * warehouse.sizeOf('/2026/09/01/'));
    expect(await bytesOf("date_partition = '2026/09/02'")).toBe(warehouse.sizeOf('/2026/09/02/'));
  });
});
