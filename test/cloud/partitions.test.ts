/** The playbook's other ways of loading partitions: by schedule over a range of days, and by projection. */

import { AthenaClient } from '@aws-sdk/client-athena';
import { GetPartitionsCommand, GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { runAthenaQuery } from '../../src/aws/athena-query.ts';
import { openAthenaResults } from '../../src/aws/athena-results.ts';
import { makeService, packageStack } from '../stack/package-stack.ts';
import { EXPLAINED } from './expected-permissions.ts';
import { makeLog } from './logs.ts';
import { type CloudStack, LOG_BUCKET, openCloudStack } from './stack.ts';

const logLocations = `s3://${LOG_BUCKET}/org/`;
let cloud: CloudStack;
afterEach(() => cloud?.close());

async function open(params: Readonly<Record<string, string>>): Promise<void> {
  cloud = await openCloudStack(packageStack(await makeService(), { logLocations, ...params }).template);
}

async function countRecords(): Promise<string | undefined> {
  const config = cloud.double.client('analyst');
  const { WorkGroupName, DatabaseName } = cloud.stack.outputs;
  const session = { workGroup: WorkGroupName!, database: DatabaseName! };
  const query = { sql: "SELECT COUNT(*) AS records FROM vpcflow WHERE date_partition = '2026/09/02'" };
  const { location } = await runAthenaQuery(new AthenaClient(config), session, query);
  const results = openAthenaResults(new S3Client({ ...config, forcePathStyle: true }));
  for await (const row of results.rows(location)) return String(row.records);
  return undefined;
}

function logTables(): string[] {
  return cloud.double.glue
    .tables(cloud.stack.outputs.DatabaseName!)
    .filter(({ PartitionKeys }) => PartitionKeys?.[0]?.Name === 'date_partition')
    .map(({ Name }) => Name!);
}

async function partitionsOf(table: string): Promise<(readonly string[])[]> {
  const glue = new GlueClient(cloud.double.client('analyst'));
  const input = { DatabaseName: cloud.stack.outputs.DatabaseName!, TableName: table };
  const { Partitions = [] } = await glue.send(new GetPartitionsCommand(input));
  return Partitions.map(({ Values }) => Values!);
}

describe('by schedule', () => {
  it('loads the days of the range, and no others', async () => {
    await open({
      partitions: 'schedule',
      partitionSchedule: 'none',
      partitionFrom: '2026-09-02',
      partitionTo: '2026-09-03',
    });
    for (const [serial, day] of ['2026-09-01', '2026-09-02', '2026-09-03', '2026-09-04'].entries()) {
      const { key, content } = makeLog({ serial, day });
      await cloud.double.s3.put(LOG_BUCKET, key, content);
    }
    await cloud.invoke('load-partitions', {});
    await cloud.invoke('load-partitions', {});
    const [table] = logTables();
    expect((await partitionsOf(table!)).map(([date]) => date).sort()).toEqual(['2026/09/02', '2026/09/03']);
    expect(await countRecords()).toBe('2');
    expect(cloud.permissions.refused).toEqual([]);
    const unused = cloud.permissions.unused().filter((name) => name.startsWith('LoadPartitionsRole.'));
    expect(unused.filter((name) => !EXPLAINED.some(({ permission }) => permission.test(name)))).toEqual([]);
  });
});

describe('by projection', () => {
  it('registers nothing, and Athena finds the days all the same', async () => {
    await open({
      ...{ partitions: 'projection', partitionAccounts: '111122223333', partitionRegions: 'us-east-1' },
      partitionFrom: '2026-09-01',
    });
    const { key, content } = makeLog({ serial: 1, day: '2026-09-02' });
    await cloud.double.s3.put(LOG_BUCKET, key, content);
    expect(await cloud.settle()).toEqual([]);
    expect(cloud.failures()).toEqual([]);
    const [table] = logTables();
    expect(await partitionsOf(table!)).toEqual([]);
    expect(await countRecords()).toBe('2');
    expect(cloud.permissions.refused).toEqual([]);
  });
});
