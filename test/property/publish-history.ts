/**
 * What may happen to Publish: executions in any order and at the same time, repeated, with wrong clocks, ended at any await,
 * with services that refuse, fail or lose their answers. For tests only.
 */
import fc from 'fast-check';
import type { NoticeRules } from '../../src/core/notice-rules.ts';
import type { Severity } from '../../src/core/severity.ts';
import type { PublishInput } from '../../src/tasks/publish.ts';
import { collectInto, makeFinding, makeWorld, publishIn, type World } from '../unit/publishing-world.ts';
import { interleave, type Turn, turns } from './interleaving.ts';

const NOON = Date.parse('2026-09-10T12:00:00Z');
export const HOUR = 60;

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
export type Round = {
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

export const rounds = (isRough: boolean): fc.Arbitrary<Round[]> =>
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
export class History {
  readonly world = makeWorld();
  readonly finished: PublishInput[] = [];
  readonly #notices: NoticeRules | undefined;
  #minutes = 0;
  #executions = 0;

  constructor(notices?: NoticeRules) {
    this.#notices = notices;
  }

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
    // Whoever waits for a time of day needs a flush every hour, as there is one.
    const hourly = Array.from({ length: 54 }, () => 1);
    for (const hours of this.#notices === undefined ? [2, 1, 1, 25, 25] : [2, ...hourly]) {
      this.#minutes += hours * HOUR;
      await publishIn(this.world, { flush: true, clock: this.#clock(0) }, undefined, this.#notices);
    }
  }

  async repeatAll(): Promise<void> {
    for (const input of this.finished)
      await publishIn(this.world, { ...input, clock: this.#clock(0) }, undefined, this.#notices);
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
      if (input !== undefined) await publishIn(this.world, input, tick, this.#notices);
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
