/** Messages that objects were created: each is worked off, or fails alone. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/core/batch.ts';
import { type EventMessage, ingestEvents } from '../../src/tasks/ingest-events.ts';
import { type CloudWorld, HEADER, makeCloudWorld, type ObjectPlace, toObjectKey } from './cloud-world.ts';

const CLOCK = '2026-09-01T12:00:00.000Z';
let world: CloudWorld;
let messages = 0;
beforeEach(() => {
  world = makeCloudWorld();
  messages = 0;
});

type Event = ObjectPlace & {
  readonly key?: string;
  readonly etag?: string;
  readonly time?: string;
  readonly name?: string;
};

/** The body of an S3 event notification about one or more objects. */
function toBody(...events: readonly Event[]): string {
  const Records = events.map(
    ({ time = '2026-09-01T00:11:42.318Z', etag = 'e1', name = 'ObjectCreated:Put', ...place }) => {
      const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(place.key ?? toObjectKey(place))!;
      return {
        ...{ eventName: name, eventTime: time },
        s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(key!), size: 100, eTag: etag } },
      };
    },
  );
  return JSON.stringify({ Records });
}

function toMessage(body: string): EventMessage {
  return { id: `m${++messages}`, body };
}

/** Messages about these objects, which lie in their buckets. */
function arrived(...events: readonly Event[]): EventMessage[] {
  for (const event of events) world.logs.contents.set(event.key ?? toObjectKey(event), `${HEADER}\n`);
  return events.map((event) => toMessage(toBody(event)));
}

function manifests(): Manifest[] {
  return [...world.objects].filter(([key]) => key.startsWith('manifests/')).map(([, text]) => JSON.parse(text));
}

describe('ingestEvents', () => {
  it('makes a manifest of what came in, registers it, and starts its execution', async () => {
    const ingested = await ingestEvents(arrived({}, { serial: 2 }), CLOCK, world.ports());
    expect(ingested).toMatchObject({ objects: 2, failed: new Map(), foreign: {}, ignored: {}, withoutTable: 0 });
    const [manifest, ...others] = manifests();
    expect(others).toEqual([]);
    expect(manifest!.objects).toMatchObject([
      { key: toObjectKey(), sizeBytes: 100, etag: 'e1', modified: Date.parse('2026-09-01T00:11:42.318Z') },
      { key: toObjectKey({ serial: 2 }) },
    ]);
    const execution = `new-logs_${manifest!.batch}`;
    expect(ingested.started).toEqual([{ execution, outcome: 'started' }]);
    expect(world.workflow.inputs.get(execution)).toEqual({
      ...{ execution, mode: 'new-logs', clock: CLOCK, window: {} },
      manifest: `manifests/2026-09-01/${manifest!.batch}.json`,
    });
    expect([world.catalog.tables.size, world.catalog.partitions.size]).toEqual([1, 1]);
  });

  it('starts nothing new for messages that come again, in whatever order', async () => {
    const sent = arrived({}, { serial: 2 });
    await ingestEvents(sent, CLOCK, world.ports());
    const again = await ingestEvents(sent.toReversed(), '2026-09-01T12:05:00.000Z', world.ports());
    expect(again.started.map(({ outcome }) => outcome)).toEqual(['running']);
    expect([world.workflow.names.length, manifests().length]).toEqual([1, 1]);
  });

  it('takes one object of several messages about it, the latest', async () => {
    const early = toMessage(toBody({ etag: 'early', time: '2026-09-01T00:10:00Z' }));
    const late = toMessage(toBody({ etag: 'late', time: '2026-09-01T00:20:00Z' }));
    arrived({});
    const ingested = await ingestEvents([late, early, late], CLOCK, world.ports());
    expect([ingested.objects, manifests().flatMap(({ objects }) => objects.map(({ etag }) => etag))]).toEqual([
      1,
      ['late'],
    ]);
  });

  it('makes a manifest of each day', async () => {
    await ingestEvents(arrived({}, { day: '2026-08-31' }, { serial: 2 }), CLOCK, world.ports());
    expect(
      manifests()
        .map(({ objects }) => objects.length)
        .sort(),
    ).toEqual([1, 2]);
    expect(
      [...world.objects.keys()]
        .filter((key) => key.startsWith('manifests/'))
        .map((key) => key.slice(0, 20))
        .sort(),
    ).toEqual([...['manifests/2026-08-31', 'manifests/2026-09-01']]);
  });

  it('counts what is no log object and what is no creation, and fails none of it', async () => {
    const ingested = await ingestEvents(
      [
        toMessage(
          toBody({ key: 's3://example-logs/notes.txt' }, { key: toObjectKey().replace(/log\.gz$/, 'log.parquet') }),
        ),
        toMessage(toBody({ name: 'ObjectRemoved:Delete' })),
        toMessage(JSON.stringify({ Event: 's3:TestEvent' })),
      ],
      CLOCK,
      world.ports(),
    );
    expect(ingested).toEqual({
      ...{ failed: new Map(), objects: 0, started: [], conflicts: [], withoutTable: 0 },
      foreign: { 'not a flow log key': 1, Parquet: 1 },
      ignored: { 'not an object-created event': 1, 'test event': 1 },
    });
    expect(world.objects.size).toBe(0);
  });

  it('fails what nobody understands, and does what stands beside it', async () => {
    const [good] = arrived({});
    const bad = [toMessage('no JSON'), toMessage('{"some":"thing"}')];
    const half = toMessage(JSON.stringify({ Records: [...JSON.parse(toBody({ serial: 2 })).Records, { odd: true }] }));
    const ingested = await ingestEvents([...bad, good!, half], CLOCK, world.ports());
    expect([...ingested.failed.keys()]).toEqual([...bad, half].map(({ id }) => id));
    expect([ingested.objects, ingested.started.length]).toEqual([2, 1]);
  });

  it('fails only the messages of an object whose header cannot be had just now', async () => {
    const [good, bad, alsoBad] = arrived({}, { flowLogId: 'fl-2' }, { flowLogId: 'fl-2' });
    const key = toObjectKey({ flowLogId: 'fl-2' });
    world.logs.contents.set(key, 'unavailable');
    const ingested = await ingestEvents([good!, bad!, alsoBad!], CLOCK, world.ports());
    expect([...ingested.failed]).toEqual([bad!, alsoBad!].map(({ id }) => [id, `${key}: SlowDown: ${key}`]));
    expect(manifests().flatMap(({ objects }) => objects.map((object) => object.key))).toEqual([toObjectKey()]);
    // They come again, and all is well.
    world.logs.contents.set(key, `${HEADER}\n`);
    const again = await ingestEvents([bad!, alsoBad!], CLOCK, world.ports());
    expect([again.failed.size, again.started.map(({ outcome }) => outcome)]).toEqual([0, ['started']]);
  });

  it('has objects that are gone, or have no header, scanned all the same', async () => {
    const sent = arrived({}, { flowLogId: 'fl-2' });
    world.logs.contents.set(toObjectKey(), 'gone');
    world.logs.contents.set(toObjectKey({ flowLogId: 'fl-2' }), 'no header\n');
    const ingested = await ingestEvents(sent, CLOCK, world.ports());
    expect(ingested).toMatchObject({
      objects: 2,
      withoutTable: 2,
      failed: new Map(),
      started: [{ outcome: 'started' }],
    });
  });

  it('fails the messages of a batch that cannot be started, and no others', async () => {
    const sent = arrived({}, { day: '2026-08-31' });
    const { start } = world.workflow;
    const ports = world.ports();
    world.workflow.start = async (name, input) => {
      if ((input as { manifest: string }).manifest.includes('2026-08-31')) throw new Error('ExecutionLimitExceeded');
      return start.call(world.workflow, name, input);
    };
    const ingested = await ingestEvents(sent, CLOCK, ports);
    expect([...ingested.failed]).toEqual([
      [sent[1]!.id, expect.stringMatching(/^batch [0-9a-f]{32}: ExecutionLimitExceeded$/)],
    ]);
    expect(ingested.started).toHaveLength(1);
  });

  it('starts again what failed, where its messages come again', async () => {
    const sent = arrived({});
    await ingestEvents(sent, CLOCK, world.ports());
    world.workflow.end('FAILED');
    const { started } = await ingestEvents(sent, CLOCK, world.ports());
    expect(started).toEqual([{ execution: expect.stringMatching(/^new-logs_[0-9a-f]{32}_2$/), outcome: 'started' }]);
  });

  it('tells of partitions that are registered elsewhere, and goes on', async () => {
    await ingestEvents(arrived({}), CLOCK, world.ports());
    const [key, partition] = [...world.catalog.partitions][0]!;
    world.catalog.partitions.set(key, { ...partition, location: 's3://elsewhere/' });
    const { conflicts, started } = await ingestEvents(arrived({ serial: 2 }), CLOCK, world.ports());
    expect(conflicts).toMatchObject([{ registered: 's3://elsewhere/' }]);
    expect(started).toHaveLength(1);
  });
});
