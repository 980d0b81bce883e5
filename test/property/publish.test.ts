/**
 * Publishing under whatever may happen to it: executions in any order and at the same time, repeated, with wrong clocks,
 * ended at any await, with services that refuse, fail or lose their answers.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AsffFinding, toAsff } from '../../src/core/asff.ts';
import { fromJson } from '../../src/core/exact-json.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { toContent } from '../../src/core/publication.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../../src/core/severity.ts';
import type { PublishInput } from '../../src/tasks/publish.ts';
import {
  collectInto,
  makeFinding,
  makeWorld,
  outboxOf,
  publishIn,
  SETTINGS,
  type World,
} from '../unit/publishing-world.ts';
import { interleave, type Turn, turns } from './interleaving.ts';
import { runs } from './runs.ts';

const NOON = Date.parse('2026-09-10T12:00:00Z');
const HOUR = 60;
const HOSTS = [1, 2];

/** One execution, a repetition of an earlier one's Publish, or a flush; it ends after so many steps, if it gets so far. */
type Actor = {
  readonly kind: 'execution' | 'repeat' | 'flush';
  readonly host: number;
  readonly severity: Severity | 'withdrawn';
  readonly records: number;
  readonly skewMinutes: number;
  readonly endsAfter: number;
};

/** What goes on at the same time, after a while, with services in some state. */
type Round = {
  readonly afterMinutes: number;
  readonly hub: World['hub']['state'];
  readonly topic: World['topic']['state'];
  readonly actors: readonly Actor[];
  readonly turns: readonly Turn[];
};

const actor = (isRough: boolean): fc.Arbitrary<Actor> =>
  fc.record({
    kind: fc.constantFrom('execution', 'execution', 'repeat', 'flush'),
    host: fc.constantFrom(1, 1, 1, 2),
    severity: fc.constantFrom(...(['INFORMATIONAL', 'MEDIUM', 'HIGH', 'HIGH', 'CRITICAL', 'withdrawn'] as const)),
    records: fc.nat(2),
    skewMinutes: isRough ? fc.constantFrom(0, 0, 0, -90, 5) : fc.constant(0),
    endsAfter: isRough ? fc.oneof(fc.constant(Infinity), fc.nat(45)) : fc.constant(Infinity),
  });

const rounds = (isRough: boolean): fc.Arbitrary<Round[]> =>
  fc.array(
    fc.record({
      afterMinutes: fc.constantFrom(0, 1, 10, 16, 61, 25 * HOUR),
      hub: isRough
        ? fc.constantFrom('on', 'on', 'disabled', 'refusing', 'failing', 'losing answers')
        : fc.constant('on'),
      topic: isRough ? fc.constantFrom('on', 'on', 'failing', 'losing answers') : fc.constant('on'),
      actors: fc.array(actor(isRough), { minLength: 1, maxLength: 3 }),
      turns,
    }),
    { minLength: 1, maxLength: 5 },
  );

class Ended extends Error {}

/** Runs everything; resolves to what there was to publish. */
class History {
  readonly world = makeWorld();
  readonly finished: PublishInput[] = [];
  #minutes = 0;
  #executions = 0;

  async play(rounds: readonly Round[]): Promise<void> {
    for (const { afterMinutes, hub, topic, actors, turns } of rounds) {
      this.#minutes += afterMinutes;
      this.world.hub.state = hub;
      this.world.topic.state = topic;
      await interleave(
        actors.map((actor) => (tick) => this.#act(actor, tick)),
        turns,
      );
    }
  }

  /** All services are well again, and time goes by; long enough for each clock and each refusal. */
  async comeToRest(): Promise<void> {
    this.world.hub.state = 'on';
    this.world.topic.state = 'on';
    for (const hours of [2, 1, 1, 25, 25]) {
      this.#minutes += hours * HOUR;
      await publishIn(this.world, { flush: true, clock: this.#clock(0) });
    }
  }

  async repeatAll(): Promise<void> {
    for (const input of this.finished) await publishIn(this.world, { ...input, clock: this.#clock(0) });
  }

  #clock(skewMinutes: number): string {
    return new Date(NOON + (this.#minutes + skewMinutes) * 60_000).toISOString();
  }

  async #act({ kind, skewMinutes, endsAfter, ...change }: Actor, turn: () => Promise<void>): Promise<void> {
    let steps = 0;
    const tick = async () => {
      if (steps++ >= endsAfter) throw new Ended();
      await turn();
    };
    const clock = this.#clock(skewMinutes);
    try {
      const input =
        kind === 'flush' ? ({ flush: true, clock } as const) : await this.#toInput(kind, change, clock, tick);
      if (input !== undefined) await publishIn(this.world, input, tick);
    } catch (error) {
      const isMeant = error instanceof Ended || (error as Error).name === 'PublishFailed';
      if (!isMeant) throw error;
    }
  }

  async #toInput(
    kind: 'execution' | 'repeat',
    { host, severity, records }: Pick<Actor, 'host' | 'severity' | 'records'>,
    clock: string,
    tick: () => Promise<void>,
  ): Promise<PublishInput | undefined> {
    const earlier = this.finished[records % Math.max(1, this.finished.length)];
    if (kind === 'repeat') return earlier && { ...earlier, clock };
    const execution = `new-logs_${this.#executions++}`;
    const change =
      severity === 'withdrawn'
        ? { withdrawn: [makeFinding(host, 'HIGH')] }
        : { findings: [makeFinding(host, severity, records)] };
    // The mark has the time of the machine, not the execution's.
    const changes = await collectInto(this.world, { execution, at: this.#clock(0), ...change }, tick);
    const input = { changes, execution, clock };
    this.finished.push(input);
    return input;
  }
}

function findingOf({ objects }: World, host: number): Finding | undefined {
  return fromJson<Finding | undefined>(objects.get(`findings/${idOf(host)}.json`) ?? 'null') ?? undefined;
}

function idOf(host: number): string {
  return makeFinding(host, 'HIGH').finding_id;
}

function documentOf({ hub }: World, host: number): AsffFinding | undefined {
  return hub.findings.get(`flowhound/${idOf(host)}`);
}

/** Severities notified about the host, in order. */
function notifiedOf({ topic }: World, host: number): Severity[] {
  const ids = topic.messages.map(({ id }) => id.split(':')).filter(([id]) => id === idOf(host));
  return ids.map(([, severity]) => severity as Severity);
}

const said = (world: World) => [world.hub.imports.length, world.topic.messages.length];

describe('whatever happens to it', () => {
  it('in the end people were told and the hub has the newest, and nothing is left to say', async () => {
    await fc.assert(
      fc.asyncProperty(rounds(true), async (rounds) => {
        const history = new History();
        await history.play(rounds);
        await history.comeToRest();
        const { world } = history;
        for (const host of HOSTS) {
          const finding = findingOf(world, host);
          const document = documentOf(world, host);
          const isDue = finding !== undefined && isAtLeast(finding.severity, SETTINGS.publishFrom);
          if (isDue)
            expect(notifiedOf(world, host).some((severity) => isAtLeast(severity, finding.severity))).toBe(true);
          if (isDue) expect(document).toBeDefined();
          if (document === undefined) continue;
          if (finding === undefined) expect(document.RecordState).toBe('ARCHIVED');
          else expect(toContent(document)).toBe(toContent(toAsff(finding, SETTINGS, document.UpdatedAt)));
        }
        expect(outboxOf(world)).toEqual([]);
        // A run that ended between claim and delivery left a doubt about what the hub has; whoever looks next removes it.
        await history.repeatAll();
        const before = said(world);
        await history.repeatAll();
        await history.comeToRest();
        expect(said(world)).toEqual(before);
      }),
      runs(500),
    );
  });

  it('no notification has two ids, none is below the threshold, and no two updates have one time', async () => {
    await fc.assert(
      fc.asyncProperty(rounds(true), async (rounds) => {
        const history = new History();
        await history.play(rounds);
        await history.comeToRest();
        const { topic, hub } = history.world;
        for (const { id, attributes } of topic.messages) {
          expect(id).toBe(`${attributes.finding_id}:${attributes.severity}`);
          expect(isAtLeast(attributes.severity as Severity, SETTINGS.publishFrom)).toBe(true);
        }
        const contents = new Map<string, string>();
        for (const document of hub.imports) {
          const version = `${document.Id} ${document.UpdatedAt}`;
          expect(contents.get(version) ?? toContent(document)).toBe(toContent(document));
          contents.set(version, toContent(document));
          expect(document.CreatedAt <= document.UpdatedAt).toBe(true);
        }
        expect(contents.size).toBe(hub.imports.length);
        const created = Map.groupBy(hub.imports, ({ Id }) => Id).values();
        for (const imports of created) expect(new Set(imports.map(({ CreatedAt }) => CreatedAt)).size).toBe(1);
      }),
      runs(300),
    );
  });
});

describe('where nothing goes wrong', () => {
  it('each message is sent once, however many run at the same time, and updates are no more than changes, and never hasty', async () => {
    await fc.assert(
      fc.asyncProperty(rounds(false), async (rounds) => {
        const history = new History();
        await history.play(rounds);
        await history.comeToRest();
        const { topic, hub } = history.world;
        const before = said(history.world);
        await history.repeatAll();
        await history.comeToRest();
        expect(said(history.world)).toEqual(before);
        expect(outboxOf(history.world)).toEqual([]);
        expect(new Set(topic.messages.map(({ id }) => id)).size).toBe(topic.messages.length);
        for (const host of HOSTS) {
          const imports = hub.imports.filter(({ Id }) => Id === `flowhound/${idOf(host)}`);
          const executions = rounds.flatMap(({ actors }) => actors).filter((actor) => actor.kind === 'execution');
          expect(imports.length).toBeLessThanOrEqual(executions.filter((execution) => execution.host === host).length);
          const newestFirst = imports.toSorted((a, b) => (a.UpdatedAt < b.UpdatedAt ? 1 : -1));
          for (const [at, document] of newestFirst.slice(0, -1).entries()) {
            const before = newestFirst[at + 1]!;
            const isHasty = Date.parse(document.UpdatedAt) - Date.parse(before.UpdatedAt) < HOUR * 60_000;
            if (isHasty) expect(rank(document)).toBeGreaterThan(rank(before));
          }
        }
      }),
      runs(500),
    );
  });
});

function rank({ RecordState, FindingProviderFields }: AsffFinding): number {
  return RecordState === 'ARCHIVED' ? -1 : SEVERITIES.indexOf(FindingProviderFields.Severity.Label);
}
