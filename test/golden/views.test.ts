/** The directional view against the two-branch text the playbook publishes, on rows made to tell them apart. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAddressTable } from '../../src/local/address-table.ts';
import { type DuckdbEngine, openDuckdb } from '../../src/local/duckdb.ts';
import { createIocTable } from '../../src/local/ioc-table.ts';
import { createJsonTable } from '../../src/local/json-table.ts';
import { createLogTable } from '../../src/local/log-table.ts';
import { findLogObjects } from '../../src/local/query-input.ts';
import { createViews, readDefinitions } from '../../src/local/sql-files.ts';
import { VIEW_CASE } from './cases.ts';
import { LogFolder, US } from './log-folder.ts';

/** Made from the log tables of a catalogue, for which DuckDB has no use: it reads the objects of every format as `vpcflow`. */
const OF_LOG_TABLES = ['flow_records', 'vpcflow'];

const branch = (label: string, ioc: string, own: string): string => `
  SELECT account, interfaceid, sourceaddress || ':' || CAST(sourceport AS VARCHAR), destinationaddress || ':' || CAST(destinationport AS VARCHAR),
    '${label}', ${own}address, ${own}port, protocol, numpackets, numbytes, action, logstatus,
    CASE WHEN starttime < 253402300800 THEN make_timestamp(starttime * 1000000) END,
    CASE WHEN endtime < 253402300800 THEN make_timestamp(endtime * 1000000) END, endtime - starttime
  FROM vpcflow WHERE ${ioc}address IN (SELECT threat_ip FROM incident_iocs)`;

describe('views', () => {
  let engine: DuckdbEngine;
  let folder: LogFolder;
  const rowsOf = async (sql: string): Promise<string[]> => {
    const lines: string[] = [];
    for await (const row of (await engine.query({ sql, values: [] })).rows)
      lines.push(row.map((cell) => cell ?? '').join(','));
    return lines.sort();
  };

  beforeAll(async () => {
    folder = new LogFolder();
    folder.add(US, VIEW_CASE.lines);
    engine = await openDuckdb();
    await createLogTable(engine, (await findLogObjects([folder.path], folder.path)).objects);
    await createJsonTable(engine, [folder.addFile('a.json', `${VIEW_CASE.json}[1]\n`)]);
    await createIocTable(engine, VIEW_CASE.iocs);
    await createAddressTable(engine, []);
    await createViews(engine, ['vpcflow', 'vpc_flow_logs', 'incident_iocs', 'address_index']);
  });
  afterAll(async () => {
    await engine.close();
    folder.remove();
  });

  it('incident_vpc_flow_directional has the rows of the UNION ALL, one for each end that is an indicator', async () => {
    const union = `${branch('INBOUND', 'destination', 'source')} UNION ALL ${branch('OUTBOUND', 'source', 'destination')}`;
    const rows = await rowsOf('SELECT * FROM incident_vpc_flow_directional');
    expect(rows).toEqual(await rowsOf(union));
    expect(rows).toEqual(VIEW_CASE.directional);
  });

  it('directional_flow_records adds the partition', async () => {
    const rows = await rowsOf(
      'SELECT DISTINCT date_partition, region_partition, account_partition FROM directional_flow_records',
    );
    expect(rows).toEqual(['2026/09/01,us-east-1,111122223333']);
  });

  it('vpc_flow_log_records leaves out what says nothing', async () => {
    expect(await rowsOf('SELECT vpc_id FROM vpc_flow_log_records')).toEqual(VIEW_CASE.vpcIds);
  });

  it('has the columns its definition names', async () => {
    for (const { name, columns } of await readDefinitions('views')) {
      if (OF_LOG_TABLES.includes(name)) continue;
      const result = await engine.query({ sql: `SELECT * FROM ${name} LIMIT 0`, values: [] });
      expect(result.columns.map((column) => column.name)).toEqual(columns);
    }
  });

  it('hashes the indicators, never the logs', async () => {
    const plan = (await rowsOf('EXPLAIN SELECT * FROM incident_vpc_flow_directional')).join('\n');
    expect(plan.match(/Join Type: MARK/g)).toHaveLength(2);
    expect(plan.match(/Function:\s*READ_CSV/g)).toHaveLength(1);
  });
});
