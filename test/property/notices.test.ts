/** Digests and quiet hours under whatever may happen to Publish: nothing is lost, nothing is said twice, nobody is woken. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJson } from '../../src/core/exact-json.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { EACH_AT_ONCE, isQuiet, type NoticeRules } from '../../src/core/notice-rules.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../../src/core/severity.ts';
import type { Notification } from '../../src/ports.ts';
import { makeFinding, outboxOf, SETTINGS, type World } from '../unit/publishing-world.ts';
import { History, rounds } from './publish-history.ts';
import { runs } from './runs.ts';

const HOSTS = [1, 2];
const minute = fc.integer({ min: 0, max: 1439 });

const rules: fc.Arbitrary<NoticeRules> = fc.record({
  digest: fc.constantFrom('off', 'hourly', 'daily'),
  digestAt: minute,
  digestAbove: fc.constantFrom(0, 1, Number.POSITIVE_INFINITY),
  // Never all day: then nothing could ever be told.
  quiet: fc.option(
    fc.tuple(minute, fc.integer({ min: 1, max: 1300 })).map(([from, length]) => ({ from, to: (from + length) % 1440 })),
    { nil: undefined },
  ),
  zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Kiritimati'),
  atOnceFrom: fc.constantFrom<(Severity | undefined)[]>('CRITICAL', 'HIGH', undefined),
  topics: fc.constantFrom<NoticeRules['topics'][]>({}, { CRITICAL: 'pager' }, { HIGH: 'a', MEDIUM: 'b' }),
});

type Told = { readonly notification_id: string; readonly finding_id: string; readonly severity: Severity };

/** The notices in a message, in its order. */
function noticesIn({ body, id }: Notification): Told[] {
  const { findings, finding } = fromJson<{ findings?: Told[]; finding?: Finding }>(body);
  return findings ?? [{ ...finding!, notification_id: id }];
}

function findingOf({ objects }: World, host: number): Finding | undefined {
  return fromJson(objects.get(`findings/${makeFinding(host, 'HIGH').finding_id}.json`) ?? 'null') ?? undefined;
}

const worlds = (isRough: boolean) => fc.record({ notices: rules, all: rounds(isRough) });
type Arranged = typeof worlds extends (isRough: boolean) => fc.Arbitrary<infer World> ? World : never;

async function play({ notices, all }: Arranged): Promise<History> {
  const history = new History(notices);
  await history.play(all);
  await history.comeToRest();
  return history;
}

describe('whatever happens to it', () => {
  it('in the end people were told of all that is due, and nothing is left', async () => {
    await fc.assert(
      fc.asyncProperty(worlds(true), async (arranged) => {
        const history = await play(arranged);
        const { world } = history;
        const told = world.topic.messages.flatMap(noticesIn);
        for (const finding of HOSTS.map((host) => findingOf(world, host))) {
          if (finding === undefined || !isAtLeast(finding.severity, SETTINGS.publishFrom)) continue;
          const own = told.filter(({ finding_id }) => finding_id === finding.finding_id);
          expect(own.some(({ severity }) => isAtLeast(severity, finding.severity))).toBe(true);
        }
        expect(outboxOf(world)).toEqual([]);
        const before = world.topic.messages.length;
        await history.repeatAll();
        await history.comeToRest();
        expect(world.topic.messages.length).toBe(before);
      }),
      runs(500),
    );
  });

  it('nobody is woken in quiet hours, and topics keep apart', async () => {
    await fc.assert(
      fc.asyncProperty(worlds(true), async (arranged) => {
        const { notices } = arranged;
        const history = await play(arranged);
        const { messages, sentAt } = history.world.topic;
        for (const [at, message] of messages.entries()) {
          const told = noticesIn(message);
          for (const { severity } of told) expect(message.topic).toBe(notices.topics[severity]);
          if (!isQuiet(sentAt[at]!, notices)) continue;
          for (const { severity } of told) {
            expect(notices.atOnceFrom !== undefined && isAtLeast(severity, notices.atOnceFrom)).toBe(true);
          }
        }
      }),
      runs(300),
    );
  });

  it('a digest says the same under the same id, severest first, and holds two or more', async () => {
    await fc.assert(
      fc.asyncProperty(worlds(true), async (arranged) => {
        const history = await play(arranged);
        const said = new Map<string, string>();
        for (const message of history.world.topic.messages.filter(({ attributes }) => attributes.kind === 'digest')) {
          const told = noticesIn(message);
          expect(told.length).toBeGreaterThan(1);
          const ranks = told.map(({ severity }) => SEVERITIES.indexOf(severity));
          expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
          const ids = told.map(({ notification_id }) => notification_id).join();
          expect(said.get(message.id) ?? ids).toBe(ids);
          said.set(message.id, ids);
        }
      }),
      runs(300),
    );
  });
});

describe('where nothing goes wrong', () => {
  it('each notice is said once, by itself or in one digest', async () => {
    await fc.assert(
      fc.asyncProperty(worlds(false), async (arranged) => {
        const history = await play(arranged);
        const ids = history.world.topic.messages.flatMap(noticesIn).map(({ notification_id }) => notification_id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      runs(500),
    );
  });

  it('rules that hold nothing back and gather nothing are as if there were none', async () => {
    await fc.assert(
      fc.asyncProperty(rounds(false), async (all) => {
        const [without, withRules] = [new History(), new History(EACH_AT_ONCE)];
        for (const history of [without, withRules]) {
          await history.play(all);
          await history.comeToRest();
        }
        expect(withRules.world.topic.messages).toEqual(without.world.topic.messages);
      }),
      runs(50),
    );
  });
});
