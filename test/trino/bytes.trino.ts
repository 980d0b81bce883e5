/** What a query reads is what it costs on Athena: nothing outside of the partitions and objects that it names, and nothing twice. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type QueryDefinition, readsAddressIndex } from '../../src/core/query.ts';
import { readCatalogue } from '../../src/local/sql-files.ts';
import { DAY_1 } from '../golden/log-folder.ts';
import { openWarehouse, type Warehouse } from './warehouse.ts';

const servers = inject('servers');
const HEADER =
  'account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const DAYS = ['2026/09/01', '2026/09/02', '2026/09/03'];
const REGIONS = ['us-east-1', 'eu-west-1'];
const ACCOUNTS = ['111122223333', '444455556666'];
const ROWS_OF_OBJECT = 200;
const IOC = '203.0.113.7';

/** Objects differ in length, so that a sum tells which ones are in it. */
function toObject(account: string, seed: number): Buffer {
  const rows = Array.from({ length: ROWS_OF_OBJECT + seed }, (_, i) => {
    const remote = i === 0 ? IOC : `198.51.${(i * 7 + seed) % 100}.${(i * 13) % 256}`;
    const ends = i % 2 === 0 ? `10.0.${seed}.${i % 256} ${remote}` : `${remote} 10.0.${seed}.${i % 256}`;
    return `${account} eni-${seed} ${ends} ${1024 + i} 443 6 ${i % 91} ${(i * 7919) % 100_003} ${DAY_1} ${DAY_1 + 60} ACCEPT OK`;
  });
  return gzipSync(`${[HEADER, ...rows].join('\n')}\n`);
}

function toKey(account: string, region: string, day: string, part: number): string {
  const flowLog = `fl-0${ACCOUNTS.indexOf(account)}${REGIONS.indexOf(region)}`;
  const name = `${account}_vpcflowlogs_${region}_${flowLog}_${day.replaceAll('/', '')}T0000Z_0000000${part}.log.gz`;
  return `AWSLogs/${account}/vpcflowlogs/${region}/${day}/${name}`;
}

describe.skipIf(servers === undefined)('bytes read', () => {
  let warehouse: Warehouse;
  let iocBytes: number;
  let table: string;
  const bytesOf = async (sql: string): Promise<number> => (await warehouse.run({ sql, values: [] })).bytes;

  beforeAll(async () => {
    warehouse = await openWarehouse(servers!, 'bytes');
    let seed = 0;
    for (const account of ACCOUNTS)
      for (const region of REGIONS)
        for (const day of DAYS)
          for (const part of [1, 2]) await warehouse.put(toKey(account, region, day, part), toObject(account, seed++));
    await warehouse.put('iocs/iocs.csv', `"${IOC}","c2"\n`);
    const tables = await warehouse.ingest();
    expect(new Set(tables.values()).size).toBe(1);
    table = [...tables.values()][0]!;
    iocBytes = await bytesOf('SELECT COUNT(threat_ip) FROM incident_iocs');
  });
  afterAll(() => warehouse?.close());

  /** Values for a query's own parameters; a limit that nothing reaches, so that it reads to the end. */
  const parametersOf = ({ parameters }: QueryDefinition): Record<string, string> =>
    Object.fromEntries(
      parameters.flatMap(({ name, type }) =>
        type === 'ip' ? [[name, IOC]] : type === 'limit' ? [[name, '1000000']] : [],
      ),
    );

  it('every query of the catalogue reads the partitions that it names, and each byte of them once', async () => {
    const [account, region, day] = [ACCOUNTS[1]!, REGIONS[0]!, DAYS[1]!];
    const size = warehouse.sizeOf(`/${account}/vpcflowlogs/${region}/${day}/`);
    expect(size).toBeGreaterThan(0);
    const place = { date_from: day, date_to: day, regions: region, accounts: account };
    const read: Record<string, number> = {};
    const wanted: Record<string, number> = {};
    for (const definition of await readCatalogue()) {
      const { name } = definition;
      if (definition.table === 'vpc_flow_logs' || readsAddressIndex(definition)) continue;
      read[name] = (await warehouse.ask(name, { ...place, ...parametersOf(definition) })).bytes;
      wanted[name] = size + (definition.table === 'vpcflow' ? 0 : 2 * iocBytes);
    }
    expect(read).toEqual(wanted);
    expect(Object.keys(read)).toHaveLength(22);
  });

  it('a span of days, several regions and several accounts leave out the rest', async () => {
    const ask = (given: Record<string, string>) =>
      warehouse.ask('row_count', { date_from: DAYS[0]!, date_to: DAYS[2]!, ...given });
    const all = await ask({});
    expect(all.bytes).toBe(warehouse.sizeOf('/AWSLogs/'));
    expect((await ask({ date_from: DAYS[1]! })).bytes).toBe(all.bytes - warehouse.sizeOf('/2026/09/01/'));
    expect((await ask({ regions: 'ap-south-1,eu-west-1' })).bytes).toBe(warehouse.sizeOf('/eu-west-1/'));
    expect((await ask({ accounts: ACCOUNTS.join(',') })).bytes).toBe(all.bytes);
    expect((await ask({ accounts: '777788889999' })).bytes).toBe(0);
    expect((await ask({ date_from: '2026-10-01', date_to: '2026-10-02' })).lines).toEqual(['row_count', '0']);
  });

  it('"$path" leaves out the other objects of a partition', async () => {
    const key = toKey(ACCOUNTS[0]!, REGIONS[0]!, DAYS[0]!, 2);
    const where = `date_partition = '${DAYS[0]}' AND "$path" IN ('s3://bytes/${key}', 's3://bytes/${key}.not-there')`;
    expect(await bytesOf(`SELECT COUNT(numbytes) FROM ${table} WHERE ${where}`)).toBe(warehouse.sizeOf(key));
    const united = where.replace('"$path"', 'object');
    expect(await bytesOf(`SELECT COUNT(numbytes) FROM flow_records WHERE ${united}`)).toBe(warehouse.sizeOf(key));
  });

  it('the directional view reads each byte once where the two branches that the playbook publishes read it twice', async () => {
    const size = warehouse.sizeOf('/2026/09/02/');
    const once = await bytesOf("SELECT * FROM directional_flow_records WHERE date_partition = '2026/09/02'");
    // The list of indicators is small, and asked about each of the two ends.
    expect(once).toBe(size + 2 * iocBytes);
    const branch = (column: string) =>
      `SELECT * FROM vpcflow WHERE ${column} IN (SELECT threat_ip FROM incident_iocs) AND date_partition = '2026/09/02'`;
    const twice = await bytesOf(`${branch('destinationaddress')} UNION ALL ${branch('sourceaddress')}`);
    expect(twice).toBe(2 * (size + iocBytes));
  });
});
