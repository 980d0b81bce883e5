import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding-document.ts';
import { EACH_AT_ONCE, type NoticeRules } from '../../src/core/notice-rules.ts';
import type { Severity } from '../../src/core/severity.ts';
import { type PublishOutput, publish } from '../../src/tasks/publish.ts';
import {
  collectInto,
  makeFinding,
  makeWorld,
  openHub,
  openStore,
  openTopic,
  outboxOf,
  publicationOf,
  publishIn,
  SETTINGS,
  type World,
} from './publishing-world.ts';

const NOTHING: PublishOutput = {
  ...{ opened: 0, updated: 0, withdrawn: 0, published: 0, deferred: 0, notified: 0, refused: 0, disabled: 0 },
};
const HIGH = makeFinding(5, 'HIGH');
const HUB_ID = `flowhound/${HIGH.finding_id}`;
/** Minutes after noon. */
const at = (minutes: number) => new Date(Date.parse('2026-09-10T12:00:00Z') + minutes * 60_000).toISOString();

let executions = 0;

/** One execution that changed these findings, at this minute. */
async function run(world: World, minutes: number, findings: Finding[], withdrawn: Finding[] = []) {
  const execution = `new-logs_${executions++}`;
  const changes = await collectInto(world, { execution, at: at(minutes), findings, withdrawn });
  const input = { changes, execution, clock: at(minutes) };
  return {
    output: await publishIn(world, input),
    again: () => publishIn(world, { ...input, clock: at(minutes + 500) }),
  };
}

const flush = (world: World, minutes: number) => publishIn(world, { flush: true, clock: at(minutes) });
const subjects = ({ topic }: World) => topic.messages.map(({ id }) => id.replace(HIGH.finding_id, ''));

describe('publish', () => {
  it('a new finding goes to both services, once', async () => {
    const world = makeWorld();
    const { output, again } = await run(world, 0, [HIGH]);
    expect(output).toEqual({ ...NOTHING, opened: 1, published: 1, notified: 1 });
    expect(world.hub.findings.get(HUB_ID)).toMatchObject({ CreatedAt: at(0), UpdatedAt: at(0), RecordState: 'ACTIVE' });
    expect(world.topic.messages.map(({ id }) => id)).toEqual([`${HIGH.finding_id}:HIGH`]);
    expect(outboxOf(world)).toEqual([]);
    expect(await again()).toEqual({ ...NOTHING, opened: 1 });
    expect(await flush(world, 600)).toEqual(NOTHING);
    expect(world.hub.imports).toHaveLength(1);
  });

  it.each<[Severity, number]>([
    ['INFORMATIONAL', 0],
    ['MEDIUM', 1],
    ['CRITICAL', 1],
  ])('%s', async (severity, count) => {
    const world = makeWorld();
    const { output } = await run(world, 0, [makeFinding(5, severity)]);
    expect(output).toEqual({ ...NOTHING, opened: 1, published: count, notified: count });
    expect(outboxOf(world)).toEqual([]);
  });

  it('an update waits for an hour after the last one, and goes out with the flush', async () => {
    const world = makeWorld();
    await run(world, 0, [HIGH]);
    const { output } = await run(world, 59, [makeFinding(5, 'HIGH', 7)]);
    expect(output).toEqual({ ...NOTHING, updated: 1, deferred: 1 });
    expect(outboxOf(world)).toHaveLength(1);
    expect(await flush(world, 59)).toEqual({ ...NOTHING, deferred: 1 });
    expect(await flush(world, 60)).toEqual({ ...NOTHING, published: 1 });
    expect(world.hub.findings.get(HUB_ID)).toMatchObject({ CreatedAt: at(0), UpdatedAt: at(60) });
    expect(world.hub.findings.get(HUB_ID)?.Description).toContain('26 records');
    expect(world.topic.messages).toHaveLength(1);
    expect(await flush(world, 61)).toEqual(NOTHING);
    expect(outboxOf(world)).toHaveLength(1);
    await flush(world, 75);
    expect(outboxOf(world)).toEqual([]);
  });

  it('escalation goes out at once, a message for each severity reached', async () => {
    const world = makeWorld();
    await run(world, 0, [makeFinding(5, 'MEDIUM')]);
    expect((await run(world, 1, [HIGH])).output).toEqual({ ...NOTHING, updated: 1, published: 1, notified: 1 });
    expect((await run(world, 2, [makeFinding(5, 'CRITICAL')])).output).toMatchObject({ published: 1, notified: 1 });
    expect(subjects(world)).toEqual([':MEDIUM', ':HIGH', ':CRITICAL']);
    expect(world.topic.messages.map(({ attributes }) => attributes.kind)).toEqual(['new', 'escalated', 'escalated']);
  });

  it('a finding that sinks below the threshold is kept up to date, without a message', async () => {
    const world = makeWorld();
    await run(world, 0, [HIGH]);
    const { output } = await run(world, 90, [makeFinding(5, 'INFORMATIONAL')]);
    expect(output).toEqual({ ...NOTHING, updated: 1, published: 1 });
    expect(world.hub.findings.get(HUB_ID)?.FindingProviderFields.Severity.Label).toBe('INFORMATIONAL');
    expect((await run(world, 180, [HIGH])).output).toMatchObject({ published: 1, notified: 0 });
    expect(subjects(world)).toEqual([':HIGH']);
  });

  it('a withdrawn finding is archived as it was; when it comes back it is active at once', async () => {
    const world = makeWorld();
    await run(world, 0, [HIGH]);
    const published = world.hub.findings.get(HUB_ID);
    expect((await run(world, 60, [], [HIGH])).output).toEqual({ ...NOTHING, withdrawn: 1, published: 1 });
    expect(world.hub.findings.get(HUB_ID)).toEqual({ ...published, UpdatedAt: at(60), RecordState: 'ARCHIVED' });
    expect((await run(world, 61, [HIGH])).output).toEqual({ ...NOTHING, opened: 1, published: 1 });
    expect(world.hub.findings.get(HUB_ID)?.RecordState).toBe('ACTIVE');
    expect(subjects(world)).toEqual([':HIGH']);
  });

  it('what was never published is not archived', async () => {
    const world = makeWorld();
    await run(world, 0, [makeFinding(5, 'INFORMATIONAL')]);
    const { output } = await run(world, 60, [], [makeFinding(5, 'INFORMATIONAL')]);
    expect(output).toEqual({ ...NOTHING, withdrawn: 1 });
    expect(outboxOf(world)).toEqual([]);
  });

  it('UpdatedAt grows even where the clock stands or goes back', async () => {
    const world = makeWorld();
    await run(world, 0, [makeFinding(5, 'MEDIUM')]);
    await run(world, 0, [HIGH]);
    await run(world, -30, [makeFinding(5, 'CRITICAL')]);
    const times = world.hub.imports.map(({ UpdatedAt }) => UpdatedAt);
    expect(times).toEqual([at(0), '2026-09-10T12:00:00.001Z', '2026-09-10T12:00:00.002Z']);
    expect(world.hub.imports.map(({ CreatedAt }) => CreatedAt)).toEqual([at(0), at(0), at(0)]);
  });
});

describe('services that are not well', () => {
  it('hub disabled: people are told, the output says so, and the flush tries again', async () => {
    const world = makeWorld();
    world.hub.state = 'disabled';
    expect((await run(world, 0, [HIGH])).output).toEqual({ ...NOTHING, opened: 1, notified: 1, disabled: 1 });
    expect(publicationOf(world, HIGH).failed).toMatchObject({ outcome: 'disabled', reason: 'InvalidAccess' });
    expect(await flush(world, 60)).toEqual({ ...NOTHING, disabled: 1 });
    world.hub.state = 'on';
    expect(await flush(world, 120)).toEqual({ ...NOTHING, published: 1 });
    expect(publicationOf(world, HIGH)).not.toHaveProperty('failed');
    expect(outboxOf(world)).toEqual([]);
    expect(subjects(world)).toEqual([':HIGH']);
  });

  it('hub disabled: it is asked once, not for each of thousands', async () => {
    const world = makeWorld();
    world.hub.state = 'disabled';
    const findings = Array.from({ length: 250 }, (_, host) => makeFinding(host, 'HIGH'));
    const offered: number[] = [];
    const changes = await collectInto(world, { execution: 'many', at: at(0), findings });
    const hub = openHub(world);
    const counting = {
      importFindings: (documents: Parameters<typeof hub.importFindings>[0]) => {
        offered.push(documents.length);
        return hub.importFindings(documents);
      },
    };
    const ports = { store: openStore(world), findings: counting, notifier: openTopic(world) };
    const output = await publish({ changes, execution: 'many', clock: at(0) }, ports, SETTINGS);
    expect(output).toEqual({ ...NOTHING, opened: 250, notified: 250, disabled: 250 });
    expect(offered).toEqual([100]);
    expect(outboxOf(world)).toHaveLength(250);
  });

  it('a refused finding is offered again once a day, by the flush', async () => {
    const world = makeWorld();
    world.hub.state = 'refusing';
    expect((await run(world, 0, [HIGH])).output).toEqual({ ...NOTHING, opened: 1, notified: 1, refused: 1 });
    expect(publicationOf(world, HIGH).failed).toMatchObject({ outcome: 'refused', reason: 'InvalidInput', at: at(0) });
    expect(await flush(world, 23 * 60)).toEqual({ ...NOTHING, deferred: 1 });
    expect(await flush(world, 24 * 60)).toEqual({ ...NOTHING, refused: 1 });
    world.hub.state = 'on';
    expect(await flush(world, 25 * 60)).toEqual({ ...NOTHING, deferred: 1 });
    expect(await flush(world, 48 * 60)).toEqual({ ...NOTHING, published: 1 });
    expect(outboxOf(world)).toEqual([]);
  });

  it('a service that fails is told at the end, after the rest is done, and tried again at once', async () => {
    const world = makeWorld();
    world.hub.state = 'failing';
    await expect(run(world, 0, [HIGH, makeFinding(6, 'HIGH')])).rejects.toThrow('1 deliveries failed, the first: hub');
    expect(world.topic.messages).toHaveLength(2);
    world.hub.state = 'on';
    expect(await flush(world, 1)).toEqual({ ...NOTHING, published: 2 });
    world.topic.state = 'failing';
    await expect(run(world, 2, [makeFinding(7, 'HIGH')])).rejects.toThrow('1 deliveries failed, the first: topic');
    expect(world.hub.findings.size).toBe(3);
    world.topic.state = 'on';
    expect(await flush(world, 3)).toEqual({ ...NOTHING, notified: 1 });
  });

  it('a finding that the hub does not answer for is offered again by the next flush', async () => {
    const world = makeWorld();
    const changes = await collectInto(world, { execution: 'silent', at: at(0), findings: [HIGH] });
    const ports = { store: openStore(world), findings: { importFindings: async () => [] }, notifier: openTopic(world) };
    const output = await publish({ changes, execution: 'silent', clock: at(0) }, ports, SETTINGS);
    expect(output).toEqual({ ...NOTHING, opened: 1, notified: 1, deferred: 1 });
    expect(await flush(world, 1)).toEqual({ ...NOTHING, published: 1 });
  });

  it('one who died between claim and delivery is relieved after a quarter of an hour, under the same id', async () => {
    const world = makeWorld();
    let ticks = 0;
    const changes = await collectInto(world, { execution: 'dying', at: at(0), findings: [HIGH] });
    const dying = async () => {
      if (world.topic.messages.length > 0 && ticks++ >= 0) throw new Error('died');
    };
    await expect(publishIn(world, { changes, execution: 'dying', clock: at(0) }, dying)).rejects.toThrow('died');
    expect(await flush(world, 14)).toEqual({ ...NOTHING, deferred: 1 });
    expect(await flush(world, 15)).toEqual({ ...NOTHING, published: 1, notified: 1 });
    expect(subjects(world)).toEqual([':HIGH', ':HIGH']);
    expect(publicationOf(world, HIGH).notifications.HIGH).toMatchObject({ state: 'sent', attempts: 2 });
  });

  it('without either service only the marks go', async () => {
    const world = makeWorld();
    const changes = await collectInto(world, { execution: 'here', at: at(0), findings: [HIGH] });
    const input = { changes, execution: 'here', clock: at(0) };
    expect(await publish(input, { store: openStore(world) }, SETTINGS)).toEqual({ ...NOTHING, opened: 1 });
    expect([...world.objects.keys()].sort()).toEqual([`findings/${HIGH.finding_id}.json`, changes]);
  });

  it('without a hub people are told, and nothing is left over', async () => {
    const world = makeWorld();
    const changes = await collectInto(world, { execution: 'topic', at: at(0), findings: [HIGH] });
    const ports = { store: openStore(world), notifier: openTopic(world) };
    const output = await publish({ changes, execution: 'topic', clock: at(0) }, ports, SETTINGS);
    expect(output).toEqual({ ...NOTHING, opened: 1, notified: 1 });
    expect(outboxOf(world)).toEqual([]);
  });

  it('changes that are not there are an error', async () => {
    const input = { changes: 'runs/gone/changes.json', execution: 'gone', clock: at(0) };
    await expect(publishIn(makeWorld(), input)).rejects.toThrow('there is no runs/gone/changes.json');
  });
});

describe('in the midst of it', () => {
  /** Something else happens when the run reaches its nth step. */
  const interruptedAt = (step: number, happens: () => Promise<unknown>) => {
    let steps = 0;
    return async () => {
      if (++steps === step) await happens();
    };
  };

  it('a finding that sank before it was claimed is not told of, and no claim stays', async () => {
    let interrupted = 0;
    for (let step = 1; step <= 20; step++) {
      const world = makeWorld();
      const changes = await collectInto(world, { execution: 'slow', at: at(0), findings: [HIGH] });
      const sinks = async () => {
        if (publicationOf(world, HIGH) !== null) return;
        interrupted++;
        await run(world, 0, [makeFinding(5, 'INFORMATIONAL')]);
      };
      const output = await publishIn(world, { changes, execution: 'slow', clock: at(0) }, interruptedAt(step, sinks));
      if (world.objects.get(`findings/${HIGH.finding_id}.json`)?.includes('HIGH')) continue;
      expect(output).toEqual({ ...NOTHING, opened: 1 });
      expect(world.topic.messages).toEqual([]);
      expect(world.hub.imports).toEqual([]);
      expect(publicationOf(world, HIGH)?.importing).toBeUndefined();
      expect((await run(world, 1, [HIGH])).output).toEqual({ ...NOTHING, updated: 1, published: 1, notified: 1 });
    }
    expect(interrupted).toBeGreaterThan(5);
  });

  it('an answer that was lost is not forgotten when the next one is refused', async () => {
    const world = makeWorld();
    world.hub.state = 'losing answers';
    await expect(run(world, 0, [HIGH])).rejects.toThrow('hub: timed out');
    world.hub.state = 'refusing';
    expect((await run(world, 1, [makeFinding(5, 'HIGH', 7)])).output).toMatchObject({ refused: 1 });
    world.hub.state = 'on';
    expect((await run(world, 90, [], [makeFinding(5, 'HIGH', 7)])).output).toMatchObject({ published: 1 });
    expect(world.hub.findings.get(HUB_ID)?.RecordState).toBe('ARCHIVED');
  });
});

describe('the mark', () => {
  it('of a deferred update is put where it is missing', async () => {
    const world = makeWorld();
    await run(world, 0, [HIGH]);
    const findings = [makeFinding(5, 'HIGH', 7)];
    const changes = await collectInto(world, { execution: 'unmarked', at: at(1), findings });
    world.objects.delete(`outbox/${HIGH.finding_id}.json`);
    const output = await publishIn(world, { changes, execution: 'unmarked', clock: at(1) });
    expect(output).toEqual({ ...NOTHING, updated: 1, deferred: 1 });
    expect(await flush(world, 60)).toEqual({ ...NOTHING, published: 1 });
  });

  it('of another execution stays while that may still write the finding', async () => {
    const world = makeWorld();
    const changes = await collectInto(world, { execution: 'first', at: at(0), findings: [HIGH] });
    const mark = { finding_id: HIGH.finding_id, execution: 'second', at: at(1) };
    world.objects.set(`outbox/${HIGH.finding_id}.json`, JSON.stringify(mark));
    await publishIn(world, { changes, execution: 'first', clock: at(2) });
    await flush(world, 15);
    expect(outboxOf(world)).toHaveLength(1);
    await flush(world, 16);
    expect(outboxOf(world)).toEqual([]);
  });
});

describe('messages that do not tire', () => {
  const NIGHT = { from: 22 * 60, to: 7 * 60 };
  const rules = (more: Partial<NoticeRules>): NoticeRules => ({ ...EACH_AT_ONCE, ...more });
  const bodies = ({ topic }: World) => topic.messages.map(({ body }) => JSON.parse(body));

  async function runWith(world: World, minutes: number, findings: Finding[], notices: NoticeRules) {
    const execution = `new-logs_${executions++}`;
    const changes = await collectInto(world, { execution, at: at(minutes), findings });
    return publishIn(world, { changes, execution, clock: at(minutes) }, undefined, notices);
  }
  const flushWith = (world: World, minutes: number, notices: NoticeRules) =>
    publishIn(world, { flush: true, clock: at(minutes) }, undefined, notices);

  it('a flood is one message, over all batches of a run', async () => {
    const world = makeWorld();
    const flood = Array.from({ length: 250 }, (_, host) => makeFinding(host, host === 200 ? 'CRITICAL' : 'HIGH'));
    const output = await runWith(world, 0, flood, rules({ digestAbove: 20 }));
    expect(output).toEqual({ ...NOTHING, opened: 250, published: 250, notified: 250 });
    expect(bodies(world)).toMatchObject([{ kind: 'digest', count: 250, severities: { CRITICAL: 1, HIGH: 249 } }]);
    expect(bodies(world)[0].findings[0].severity).toBe('CRITICAL');
    await flushWith(world, 60, rules({ digestAbove: 20 }));
    expect(outboxOf(world)).toEqual([]);
    expect(world.topic.messages).toHaveLength(1);
    expect(publicationOf(world, flood[7]!).notifications.HIGH).toMatchObject({
      state: 'sent',
      digest: bodies(world)[0].notification_id,
    });
  });

  it('a flood that takes minutes is told as it goes on', async () => {
    const world = makeWorld();
    const findings = Array.from({ length: 2150 }, (_, host) => makeFinding(host, 'HIGH'));
    const changes = await collectInto(world, { execution: 'hunt_1', at: at(0), findings });
    const ports = { store: openStore(world), notifier: openTopic(world) };
    const notices = rules({ digestAbove: 20 });
    await publish({ changes, execution: 'hunt_1', clock: at(0) }, ports, { ...SETTINGS, notices });
    expect(bodies(world).map(({ count }) => count)).toEqual([2000, 150]);
  });

  it('no more than digestAbove: each by itself, whole, also those of earlier batches', async () => {
    const world = makeWorld();
    const quiet = Array.from({ length: 180 }, (_, host) => makeFinding(host, 'INFORMATIONAL'));
    const findings = [makeFinding(240, 'HIGH'), ...quiet, makeFinding(241, 'HIGH')];
    await runWith(world, 0, findings, rules({ digestAbove: 2 }));
    expect(
      bodies(world)
        .map(({ finding }) => finding.local_ip)
        .sort(),
    ).toEqual(['10.0.0.240', '10.0.0.241']);
  });

  it('what came up at night is one message in the morning, said once; what is critical is said at night', async () => {
    const world = makeWorld();
    const notices = rules({ quiet: NIGHT });
    const night = 11 * 60;
    expect(await runWith(world, night, [HIGH], notices)).toEqual({ ...NOTHING, opened: 1, published: 1, deferred: 1 });
    await runWith(world, night + 60, [makeFinding(6, 'MEDIUM'), makeFinding(7, 'CRITICAL')], notices);
    await flushWith(world, night + 120, notices);
    expect(bodies(world).map(({ kind, finding }) => [kind, finding.severity])).toEqual([['new', 'CRITICAL']]);
    expect(await flushWith(world, 19 * 60, notices)).toEqual({ ...NOTHING, notified: 2 });
    expect(bodies(world).slice(1)).toMatchObject([{ kind: 'digest', severities: { HIGH: 1, MEDIUM: 1 } }]);
    await flushWith(world, 20 * 60, notices);
    expect(world.topic.messages).toHaveLength(2);
    expect(outboxOf(world)).toEqual([]);
  });

  it('a digest whose answer was lost is said again word for word, and by nobody beside it', async () => {
    const world = makeWorld();
    const notices = rules({ digestAbove: 1 });
    const findings = [HIGH, makeFinding(6, 'HIGH'), makeFinding(7, 'HIGH')];
    world.topic.state = 'losing answers';
    await expect(runWith(world, 0, findings, notices)).rejects.toMatchObject({ name: 'PublishFailed' });
    world.topic.state = 'on';
    // A run about one of them, when its claim is stale: the digest will say it.
    await runWith(world, 20, [makeFinding(5, 'HIGH', 3)], notices);
    expect(world.topic.messages).toHaveLength(1);
    await flushWith(world, 21, notices);
    expect(world.topic.messages).toHaveLength(2);
    expect(world.topic.messages[1]).toEqual(world.topic.messages[0]);
    await flushWith(world, 120, notices);
    expect(world.topic.messages).toHaveLength(2);
    expect(outboxOf(world)).toEqual([]);
  });

  it('a digest that was sent, but could not be written down as told, is not sent again', async () => {
    const world = makeWorld();
    const notices = rules({ digestAbove: 1 });
    const findings = [HIGH, makeFinding(6, 'HIGH')];
    const changes = await collectInto(world, { execution: 'hunt_2', at: at(0), findings });
    const store = openStore(world);
    const failing: typeof store = {
      ...store,
      replace: async (key, ...rest) => {
        if (key.startsWith('publications/') && world.topic.messages.length > 0) throw new Error('store: unavailable');
        return store.replace(key, ...rest);
      },
    };
    const run = publish(
      { changes, execution: 'hunt_2', clock: at(0) },
      { store: failing, notifier: openTopic(world) },
      {
        ...SETTINGS,
        notices,
      },
    );
    await expect(run).rejects.toMatchObject({ name: 'PublishFailed' });
    expect(world.topic.messages).toHaveLength(1);
    for (const minutes of [5, 20, 80]) await flushWith(world, minutes, notices);
    expect(world.topic.messages).toHaveLength(1);
    expect(publicationOf(world, HIGH).notifications.HIGH).toMatchObject({ state: 'sent' });
    expect(outboxOf(world)).toEqual([]);
  });

  it('severities have topics of their own', async () => {
    const world = makeWorld();
    await runWith(world, 0, [HIGH, makeFinding(7, 'CRITICAL')], rules({ topics: { CRITICAL: 'pager' } }));
    const topics = world.topic.messages.map(({ topic, attributes }) => [attributes.severity, topic]);
    expect(topics.sort()).toEqual([
      ['CRITICAL', 'pager'],
      ['HIGH', undefined],
    ]);
  });

  it('rejected scans, rolled up, wake nobody', async () => {
    const world = makeWorld();
    const scans = makeFinding(5, 'INFORMATIONAL');
    expect(scans.kind).toBe('scans');
    for (const digest of ['off', 'hourly', 'daily'] as const) {
      await runWith(world, 0, [scans], rules({ digest, digestAbove: 0 }));
      await flushWith(world, 2000, rules({ digest, digestAbove: 0 }));
    }
    expect(world.topic.messages).toEqual([]);
  });
});
