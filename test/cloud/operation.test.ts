/** What a stack lives through: repeats, odd messages, failures, late objects, new lists, a hub that is off. In this order. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeAddressIndex } from '../../src/core/address-index-writer.ts';
import { fromJson } from '../../src/core/exact-json.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { type LogObject, parseKey } from '../../src/core/log-object.ts';
import { partKey } from '../../src/tasks/address-keys.ts';
import { makeService, packageStack } from '../stack/package-stack.ts';
import { EXPLAINED, OF_OTHER_PARAMS } from './expected-permissions.ts';
import { type LogOptions, makeLog } from './logs.ts';
import { type CloudStack, LOG_BUCKET, openCloudStack } from './stack.ts';

let cloud: CloudStack;
const TODAY = new Date().toISOString().slice(0, 10);

beforeAll(async () => {
  const { template } = packageStack(await makeService(), {
    logLocations: `s3://${LOG_BUCKET}/org/`,
    retroHuntDays: '40',
    unindexedDays: '2',
  });
  cloud = await openCloudStack(template);
}, 120_000);

afterAll(() => cloud?.close());

const settle = () => cloud.settle();
const executions = () => [...cloud.double.sfn.executions.values()];

async function putList(name: string, text: string): Promise<void> {
  await cloud.double.s3.put(cloud.stateBucket, `indicators/incoming/${name}`, text);
  await settle();
}

/** As VPC Flow Logs deliver it: by nobody of ours. */
async function deliver(options: LogOptions): Promise<string> {
  const { key, content } = makeLog(options);
  await cloud.double.s3.put(LOG_BUCKET, key, content);
  return key;
}

/** S3 tells nobody. */
async function deliverUnnoticed(options: LogOptions): Promise<string> {
  const { onS3Event } = cloud.double;
  cloud.double.onS3Event = undefined;
  const key = await deliver(options);
  await new Promise((resolve) => setTimeout(resolve, 50));
  cloud.double.onS3Event = onS3Event;
  return key;
}

/** As if it had come an hour ago. */
function age(key: string): void {
  const object = cloud.double.s3.object(cloud.double.s3.bucket(LOG_BUCKET), key) as { lastModified: Date };
  object.lastModified = new Date(Date.now() - 3_600_000);
}

function stateKeys(prefix: string): string[] {
  return cloud.double.s3.keys(cloud.stateBucket, prefix);
}

async function readState<T>(key: string): Promise<T> {
  return fromJson<T>(await cloud.double.s3.text(cloud.stateBucket, key));
}

async function findings(): Promise<Finding[]> {
  return Promise.all(stateKeys('findings/').map((key) => readState<Finding>(key)));
}

const inHub = (id: string) =>
  [...cloud.double.securityHub.findings.values()].find(({ Id }) => Id === `flowhound/${id}`);

/** The hourly schedule, so many minutes from now. */
const flush = (minutes: number) =>
  cloud.invoke('publish', { flush: true, clock: new Date(Date.now() + minutes * 60_000).toISOString() });

const hosts = async () => (await findings()).map(({ local_ip, indicator }) => `${local_ip} ${indicator}`).sort();

describe('before any list', () => {
  it('objects are read and accounted for all the same', async () => {
    await deliver({ serial: 1 });
    expect(await settle()).toEqual([]);
    expect(cloud.failures()).toEqual([]);
    expect(executions()).toHaveLength(1);
    expect(stateKeys('manifests/').filter((key) => key.endsWith('.done'))).toHaveLength(1);
    expect(await hosts()).toEqual([]);
  });
});

describe('lists', () => {
  it('come into force, with what they name in the table of the playbook', async () => {
    await putList('c2.csv', 'threat_ip,threat_comment\n203.0.113.7,"C2, ""old"""\n198.51.100.0/24,drop site\n');
    const { indicators } = await readState<{ indicators: string }>('indicators/current.json');
    const version = await readState<{ indicators: { text: string }[] }>(indicators);
    expect(version.indicators.map(({ text }) => text)).toEqual(['203.0.113.7', '198.51.100.0/24']);
    expect(await cloud.double.s3.text(cloud.stateBucket, 'indicators/incident_iocs/iocs.csv')).toBe(
      '"203.0.113.7","C2, \\"old\\""\n',
    );
  });
});

describe('log objects', () => {
  it('of plain and Hive keys and two formats in one folder become findings', async () => {
    await deliver({ serial: 2 });
    await deliver({ serial: 3, host: '10.0.0.6', isHive: true, accountId: '444455556666' });
    await deliver({ serial: 4, host: '10.0.0.7', remote: '198.51.100.9', hasOtherFields: true });
    expect(await settle()).toEqual([]);
    expect(cloud.failures()).toEqual([]);
    expect(await hosts()).toEqual(['10.0.0.5 203.0.113.7', '10.0.0.6 203.0.113.7', '10.0.0.7 198.51.100.0/24']);
    expect(stateKeys('formats/fl-')).toHaveLength(2);
  });

  it('are queried across formats through the views', async () => {
    const views = [...cloud.double.glue.tables(cloud.stack.outputs.DatabaseName!)].map(({ Name }) => Name);
    expect(views).toEqual(expect.arrayContaining(['flow_records', 'vpcflow', 'incident_vpc_flow_directional']));
  });

  it('whose event is repeated start nothing new', async () => {
    const before = executions().length;
    const { key, content } = makeLog({ serial: 20, host: '10.0.0.20' });
    const { etag } = await cloud.double.s3.put(LOG_BUCKET, key, content);
    await settle();
    expect(executions()).toHaveLength(before + 1);
    const detail = { bucket: { name: LOG_BUCKET }, object: { key, size: content.length, etag } };
    for (let i = 0; i < 3; i++) {
      await cloud.send(
        JSON.stringify({ source: 'aws.s3', 'detail-type': 'Object Created', time: '2026-09-01T00:20:00Z', detail }),
      );
      expect(await settle()).toEqual([]);
    }
    expect(executions()).toHaveLength(before + 1);
  });

  it('come by direct S3 notifications too, keys encoded', async () => {
    const { key, content } = makeLog({ serial: 21, host: '10.0.0.21' });
    await deliverUnnoticed({ serial: 21, host: '10.0.0.21' });
    const object = { key: encodeURIComponent(key).replaceAll('%2F', '/'), size: content.length, eTag: 'e' };
    const s3 = { bucket: { name: LOG_BUCKET }, object };
    await cloud.send(JSON.stringify({ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }] }));
    expect(await settle()).toEqual([]);
    expect(await hosts()).toContain('10.0.0.21 203.0.113.7');
  });

  it('among odd messages are not held up; what nobody understands fails alone', async () => {
    await cloud.send('{"Service":"Amazon S3","Event":"s3:TestEvent"}');
    await cloud.send(
      JSON.stringify({
        Records: [{ eventName: 'ObjectRemoved:Delete', s3: { bucket: { name: 'b' }, object: { key: 'k' } } }],
      }),
    );
    await cloud.send('what is this?');
    await deliver({ serial: 22, host: '10.0.0.22' });
    expect(await settle()).toHaveLength(1);
    expect(cloud.failures()).toEqual([]);
    expect(await hosts()).toContain('10.0.0.22 203.0.113.7');
  });

  it('that are gone, or no gzip, are counted, and the others of their batch are found', async () => {
    // The first of its flow log: even its header cannot be read.
    const gone = await deliver({ serial: 23, host: '10.0.0.23', flowLogId: 'fl-0d0d0d0d0d0d0d0d0' });
    cloud.double.s3.delete(cloud.double.s3.bucket(LOG_BUCKET), gone);
    const { key } = makeLog({ serial: 24 });
    await cloud.double.s3.put(LOG_BUCKET, key, 'no gzip at all');
    await deliver({ serial: 25, host: '10.0.0.25' });
    expect(await settle()).toEqual([]);
    expect(cloud.failures()).toEqual([]);
    expect(await hosts()).toContain('10.0.0.25 203.0.113.7');
    const last = executions().at(-1)!;
    expect(await readState(`runs/${last.name}/result.json`)).toMatchObject({ objects: 3, damaged: 2 });
  });
});

describe('AWS on a bad day', () => {
  it('throttles and breaks off, and everything comes through', async () => {
    const { faults } = cloud.double;
    faults.throttle('glue:BatchCreatePartition', { times: 2 });
    faults.throttle('states:StartExecution', { times: 2 });
    faults.throttle('athena:StartQueryExecution', { times: 3 });
    faults.throttle('s3:PutObject', { times: 3 });
    faults.drop('s3:GetObject', { times: 2 });
    faults.throttle('securityhub:BatchImportFindings', { times: 2 });
    await deliver({ serial: 30, host: '10.0.0.30', day: '2026-09-02' });
    expect(await settle()).toEqual([]);
    expect(cloud.failures()).toEqual([]);
    expect(await hosts()).toContain('10.0.0.30 203.0.113.7');
  });

  it('breaks an execution: why is written down, and the next sweep starts it again under its own name', async () => {
    const { name } = cloud.stack.functions.collect!;
    const collect = cloud.double.functions.get(name)!;
    cloud.double.functions.set(name, () => {
      throw Object.assign(new Error('disk of glass'), { name: 'Shattered' });
    });
    await deliver({ serial: 31, host: '10.0.0.31', day: TODAY });
    expect(await settle()).toEqual([]);
    cloud.double.functions.set(name, collect);
    const failed = executions().at(-1)!;
    expect(failed.status).toBe('FAILED');
    expect(await readState(`runs/${failed.name}/failure.json`)).toMatchObject({ Error: 'Shattered' });
    expect(await hosts()).not.toContain('10.0.0.31 203.0.113.7');
    await cloud.invoke('sweep', { hours: 3 });
    await settle();
    expect(executions().at(-1)).toMatchObject({ name: `${failed.name}_2`, status: 'SUCCEEDED' });
    expect(await hosts()).toContain('10.0.0.31 203.0.113.7');
  });

  it('stops an execution: that is written down too', async () => {
    const { name } = cloud.stack.functions.plan!;
    const plan = cloud.double.functions.get(name)!;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    cloud.double.functions.set(name, async () => {
      await held;
      throw new Error('too late');
    });
    await deliver({ serial: 32, host: '10.0.0.32' });
    const settled = settle();
    while (executions().at(-1)!.status !== 'RUNNING') await new Promise((resolve) => setTimeout(resolve, 20));
    executions().at(-1)!.stop('Operator', 'wrong button');
    release();
    await settled;
    cloud.double.functions.set(name, plan);
    const stopped = executions().at(-1)!;
    expect(stopped.status).toBe('ABORTED');
    expect(await readState(`runs/${stopped.name}/failure.json`)).toEqual({ Error: 'Operator', Cause: 'wrong button' });
  });
});

describe('a partition that is registered elsewhere', () => {
  it('is told, never overwritten, and its objects are scanned all the same', async () => {
    const { glue } = cloud.double;
    const database = cloud.stack.outputs.DatabaseName!;
    const elsewhere = { Location: 's3://elsewhere/2026/09/03/' };
    for (const { Name, PartitionKeys = [] } of glue.tables(database)) {
      if (PartitionKeys[0]?.Name !== 'date_partition') continue;
      const Values = ['2026/09/03', 'us-east-1', '111122223333'];
      glue.createPartition(database, Name!, { Values, StorageDescriptor: elsewhere });
    }
    await deliver({ serial: 33, host: '10.0.0.33', day: '2026-09-03' });
    expect(await settle()).toEqual([]);
    expect(await hosts()).toContain('10.0.0.33 203.0.113.7');
    expect(cloud.logs('ingest').join('\n')).toContain('partition is registered elsewhere');
  });
});

describe('the scheduled sweep', () => {
  it('finds what S3 never told of, once it is old enough, and starts nothing twice', async () => {
    // The first object of its flow log, and of its format.
    const key = await deliverUnnoticed({
      serial: 40,
      host: '10.0.0.40',
      day: TODAY,
      flowLogId: 'fl-0c0c0c0c0c0c0c0c0',
    });
    const before = executions().length;
    await cloud.invoke('sweep', { hours: 3 });
    await settle();
    expect(executions()).toHaveLength(before);
    age(key);
    for (let i = 0; i < 3; i++) {
      await cloud.invoke('sweep', { hours: 3 });
      await settle();
    }
    expect(executions()).toHaveLength(before + 1);
    expect(await hosts()).toContain('10.0.0.40 203.0.113.7');
  });

  it('knows a partition that ingest has registered', async () => {
    await deliver({ serial: 41, day: TODAY });
    await settle();
    age(await deliverUnnoticed({ serial: 42, host: '10.0.0.42', day: TODAY }));
    await cloud.invoke('sweep', { hours: 3 });
    await settle();
    expect(await hosts()).toContain('10.0.0.42 203.0.113.7');
  });
});

describe('the daily sweep', () => {
  it('compacts the address index of the days that are over', async () => {
    const day = 'addresses/date=2026-09-01/';
    const seen = {
      ipv4: Uint32Array.of(1),
      ipv4Sides: Uint8Array.of(1),
      ipv6: new Uint8Array(),
      ipv6Sides: new Uint8Array(),
    };
    for (const serial of [60, 61]) {
      const { key } = makeLog({ serial });
      const { logObject } = parseKey(key) as { logObject: LogObject };
      const object = { ...logObject, sizeBytes: 1, etag: `"${serial}"`, modified: 1 };
      const indexed = { object, isWhole: true, firstSeen: null, lastSeen: null, seen };
      const part = Buffer.concat(await Array.fromAsync(encodeAddressIndex([indexed])));
      await cloud.double.s3.put(cloud.stateBucket, partKey('2026-09-01', part), part);
    }
    await cloud.invoke('sweep', { hours: 48 });
    const keys = stateKeys(day);
    expect(keys.filter((key) => key.startsWith(`${day}chunk_`))).toEqual([]);
    expect(keys).toContainEqual(expect.stringMatching(/\/compacted_000001_111122223333_us-east-1_[0-9a-f]+\.gz$/));
    expect(cloud.logs('sweep').find((line) => line.includes('"message":"compacted"'))).toContain('"isDone":true');
  });
});

describe('lists that come and go', () => {
  const LONG_AGO = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
  const readKeys = (from: number) =>
    cloud.double.calls
      .slice(from)
      .filter(({ operation, resource }) => operation === 'GetObject' && resource.includes(LOG_BUCKET))
      .map(({ resource }) => resource.slice(resource.indexOf('org/')));

  it('are sought in the past, of which only what holds their addresses is read', async () => {
    const touched = [
      await deliver({ serial: 50, host: '10.0.0.50', remote: '192.0.2.50', day: TODAY }),
      await deliver({ serial: 51, host: '10.0.0.51', remote: '192.0.2.50', day: LONG_AGO }),
    ];
    await deliver({ serial: 52, host: '10.0.0.52', remote: '192.0.2.52', day: LONG_AGO });
    await settle();
    expect(await hosts()).not.toContain('10.0.0.50 192.0.2.50');
    const before = cloud.double.calls.length;
    await putList('more.txt', '192.0.2.50 # new\n');
    expect(cloud.failures().filter((line) => line.startsWith('sweep_'))).toEqual([]);
    expect(await hosts()).toEqual(expect.arrayContaining(['10.0.0.50 192.0.2.50', '10.0.0.51 192.0.2.50']));
    expect(readKeys(before).sort()).toEqual(touched.sort());
  });

  it('while log objects are scanned are sought in those as well', async () => {
    const { name } = cloud.stack.functions.scan!;
    const scan = cloud.double.functions.get(name)!;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isScanning = false;
    cloud.double.functions.set(name, async (event, context) => {
      isScanning = true;
      await held;
      return scan(event, context);
    });
    const key = await deliver({ serial: 53, host: '10.0.0.53', remote: '192.0.2.53', day: LONG_AGO });
    const settled = settle();
    while (!isScanning) await new Promise((resolve) => setTimeout(resolve, 20));
    cloud.double.functions.set(name, scan);
    await cloud.double.s3.put(cloud.stateBucket, 'indicators/incoming/meanwhile.txt', '192.0.2.53 # meanwhile\n');
    // Of two imports at once both are through with it.
    await cloud.invoke('indicators', {});
    release();
    await settled;
    expect(await hosts()).not.toContain('10.0.0.53 192.0.2.53');
    const before = cloud.double.calls.length;
    await cloud.invoke('sweep', { hours: 1 });
    await settle();
    expect(await hosts()).toContain('10.0.0.53 192.0.2.53');
    expect(readKeys(before)).toEqual([key]);
    await cloud.invoke('sweep', { hours: 1 });
    expect(stateKeys('retro-hunts/')).toEqual([]);
  });

  it('and their findings are withdrawn with them', async () => {
    const id = (await findings()).find(({ indicator }) => indicator === '192.0.2.50')!.finding_id;
    cloud.double.s3.delete(cloud.double.s3.bucket(cloud.stateBucket), 'indicators/incoming/more.txt');
    await settle();
    expect(await hosts()).not.toContain('10.0.0.50 192.0.2.50');
    // An update waits for its hour.
    expect(inHub(id)).toMatchObject({ RecordState: 'ACTIVE' });
    await flush(61);
    expect(inHub(id)).toMatchObject({ RecordState: 'ARCHIVED' });
  });
});

describe('Security Hub', () => {
  it('that is off costs nobody the message, and is caught up with', async () => {
    await cloud.notifications();
    cloud.double.securityHub.isEnabled = false;
    await deliver({ serial: 60, host: '10.0.0.60' });
    expect(await settle()).toEqual([]);
    const { finding_id: id } = (await findings()).find(({ local_ip }) => local_ip === '10.0.0.60')!;
    expect(inHub(id)).toBeUndefined();
    expect((await cloud.notifications()).map(({ MessageAttributes }) => MessageAttributes.finding_id!.Value)).toEqual([
      id,
    ]);
    expect(stateKeys('outbox/')).toContain(`outbox/${id}.json`);
    cloud.double.securityHub.isEnabled = true;
    await flush(122);
    expect(inHub(id)).toMatchObject({ RecordState: 'ACTIVE', AwsAccountId: '111122223333' });
    expect(await cloud.notifications()).toEqual([]);
    expect(stateKeys('outbox/')).toEqual([]);
  });
});

describe('a retro-hunt that was cut short', () => {
  const since = new Date(Date.now() - 3_600_000).toISOString();
  /** As if an import of an hour ago had come no further than to bring the lists into force. */
  beforeEach(async () => {
    const current = await readState<object>('indicators/current.json');
    const text = JSON.stringify({ ...current, since, due: { against: ['indicators/none'] } });
    await cloud.double.s3.put(cloud.stateBucket, 'indicators/current.json', text);
  });
  const isDue = async () => 'due' in (await readState<object>('indicators/current.json'));

  it('goes on with the next hour', async () => {
    const before = executions().length;
    await cloud.invoke('sweep', { hours: 1 });
    await settle();
    expect(executions().length).toBeGreaterThan(before);
    expect(await isDue()).toBe(false);
    expect(cloud.failures().filter((line) => line.startsWith('sweep_'))).toEqual([]);
  });

  it('goes on with the next import, and starts nothing twice', async () => {
    const before = executions().length;
    await cloud.invoke('indicators', {});
    await settle();
    expect([executions().length, await isDue()]).toEqual([before, false]);
  });
});

describe('a retro-hunt whose execution fails', () => {
  it('is started again by the next sweep, until it has ended well', async () => {
    const { name } = cloud.stack.functions.collect!;
    const collect = cloud.double.functions.get(name)!;
    cloud.double.functions.set(name, () => {
      throw new Error('not today');
    });
    await putList('third.txt', '192.0.2.50 # third\n');
    cloud.double.functions.set(name, collect);
    expect(stateKeys('retro-hunts/')).not.toEqual([]);
    expect(await hosts()).not.toContain('10.0.0.50 192.0.2.50');
    for (let i = 0; i < 2; i++) {
      await cloud.invoke('sweep', { hours: 1 });
      await settle();
    }
    expect(await hosts()).toContain('10.0.0.50 192.0.2.50');
    expect(stateKeys('retro-hunts/')).toEqual([]);
    cloud.double.s3.delete(cloud.double.s3.bucket(cloud.stateBucket), 'indicators/incoming/third.txt');
    await settle();
  });
});

describe('a list that comes again', () => {
  it('is sought in the past again', async () => {
    await putList('more.txt', '192.0.2.50 # again\n');
    expect(await hosts()).toContain('10.0.0.50 192.0.2.50');
    const again = executions()
      .filter(({ name }) => name.startsWith('sweep_'))
      .at(-1)!;
    expect(again.status).toBe('SUCCEEDED');
  });
});

describe('permissions', () => {
  it('sufficed for every call', () => {
    expect(cloud.permissions.refused).toEqual([]);
  });

  it('were all needed, here or by what AWS does on a role\u2019s behalf', () => {
    const unused = cloud.permissions.unused().filter((name) => !OF_OTHER_PARAMS.test(name));
    expect(unused.filter((name) => !EXPLAINED.some(({ permission }) => permission.test(name)))).toEqual([]);
  });
});

describe('sizes', () => {
  it('of states stay far under what Step Functions carries', () => {
    const states = executions().flatMap(({ history }) => history.events);
    const bytes = states.map((event) => Buffer.byteLength(JSON.stringify(event)));
    expect(Math.max(...bytes)).toBeLessThan(262_144 / 4);
  });
});
