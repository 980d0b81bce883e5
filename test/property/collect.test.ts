/**
 * Collect under whatever may happen to it: executions over the same objects with other lists, at the same time, ended at any
 * await and begun again. What is stored must always be what the stored outcomes of the objects say.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import { foldFindings } from '../../src/core/finding.ts';
import type { Match } from '../../src/core/match.ts';
import { Tallies, type Tally } from '../../src/core/sighting.ts';
import type { QueryResults } from '../../src/ports.ts';
import { type CollectInput, collect } from '../../src/tasks/collect.ts';
import { type Outcome, outcomeKey } from '../../src/tasks/sightings.ts';
import { readTallies } from '../../src/tasks/totals.ts';
import { MIDNIGHT, makeMatch, toMatchRow } from '../unit/tallies.ts';
import { openMemoryStore, type Tick } from './memory-store.ts';
import { runs } from './runs.ts';

const OBJECTS = ['a.log.gz', 'b.log.gz', 'c.log.gz'] as const;
const DATES = ['2026-09-01', '2026-09-01', '2026-09-02'] as const;
const INDICATORS = ['203.0.113.7', '203.0.113.0/24', '2001:db8::/32'] as const;
/** The last of the first month, the first of the next. */
const ENDS = [MIDNIGHT - 60, MIDNIGHT + 60];

type Row = Pick<Match, 'object' | 'indicator' | 'localIp' | 'interfaceId' | 'direction' | 'via' | 'bytes'> & {
  readonly end: number;
};

const row: fc.Arbitrary<Row> = fc.record({
  object: fc.constantFrom(...OBJECTS),
  indicator: fc.constantFrom(...INDICATORS),
  localIp: fc.constantFrom('10.0.0.5', '10.0.0.6', '10.0.9.1'),
  interfaceId: fc.constantFrom('eni-a', 'eni-b'),
  direction: fc.constantFrom('out', 'in'),
  via: fc.constantFrom(null, null, '10.0.9.1'),
  bytes: fc.constantFrom(40n, 2n ** 60n),
  end: fc.constantFrom(...ENDS),
});

/** One execution: the list it has, the objects it is about, and after how many steps each of its attempts ends. */
type Run = {
  readonly list: readonly string[];
  readonly objects: readonly string[];
  readonly attempts: readonly number[];
  readonly isSlow: boolean;
  /** So many tallies are held at most. */
  readonly mostHeld: number;
};

const run: fc.Arbitrary<Run> = fc.record({
  list: fc.subarray([...INDICATORS]),
  objects: fc.subarray([...OBJECTS], { minLength: 1 }),
  attempts: fc.array(fc.nat(60), { maxLength: 2 }),
  isSlow: fc.boolean(),
  mostHeld: fc.constantFrom(1, 2, 3, 50_000),
});

/** Runs of one round go on at the same time. */
const history = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 14 }),
  rounds: fc.array(fc.array(run, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
});

class Ended extends Error {}

function toMatches(rows: readonly Row[], { list, objects }: Run): Match[] {
  return rows
    .filter(({ object, indicator }) => objects.includes(object) && list.includes(indicator))
    .map(({ end, ...more }) => makeMatch({ ...more, start: end - 60, end }));
}

function dateOf(identity: string): string {
  return DATES[OBJECTS.indexOf(identity as (typeof OBJECTS)[number])]!;
}

/** What one evaluation gives an object. */
function evaluate(rows: readonly Row[], run: Run, identity: string): readonly Tally[] {
  const tallies = new Tallies();
  for (const match of toMatches(rows, run)) if (match.object === identity) tallies.add(match);
  return tallies.sorted();
}

class Play {
  readonly objects = new Map<string, string>();
  readonly finished: { readonly clock: string; readonly run: Run }[] = [];
  readonly #rows: readonly Row[];
  readonly #scheduler: fc.Scheduler;
  #executions = 0;

  constructor(rows: readonly Row[], scheduler: fc.Scheduler) {
    this.#rows = rows;
    this.#scheduler = scheduler;
  }

  async play(rounds: readonly (readonly Run[])[], tries: 'retried' | 'restarted'): Promise<void> {
    for (const runs of rounds) {
      await this.#scheduler.waitFor(Promise.all(runs.map((run) => this.#act(run, tries))));
    }
  }

  /** Two attempts at one execution, at once. */
  async playTwins(run: Run): Promise<void> {
    const clock = toClock(0);
    const attempt = () => this.#attempt('sweep_0', clock, run, Infinity);
    await this.#scheduler.waitFor(Promise.all([attempt(), attempt()]));
    this.finished.push({ clock, run });
  }

  /** Attempts that end too soon, then one that does not: of the same execution, or each of one of its own. */
  async #act(run: Run, tries: 'retried' | 'restarted'): Promise<void> {
    let serial = this.#executions++;
    let clock = toClock(serial);
    for (const [attempt, most] of [...run.attempts, Infinity].entries()) {
      if (tries === 'restarted' && attempt > 0) {
        serial = this.#executions++;
        clock = toClock(serial);
      }
      if (await this.#attempt(`sweep_${serial}`, clock, run, most)) break;
    }
    this.finished.push({ clock, run });
  }

  async #attempt(execution: string, clock: string, run: Run, most: number): Promise<boolean> {
    let steps = 0;
    const tick: Tick = async () => {
      if (steps++ >= most) throw new Ended();
      await this.#scheduler.schedule(Promise.resolve());
      // What was under way beside it ends with it.
      if (steps > most) throw new Ended();
    };
    const store = openMemoryStore(this.objects, tick);
    const manifest = `runs/${execution}/manifest.json`;
    const objects = run.objects.map((identity) => ({ identity, date: dateOf(identity) }));
    this.objects.set(manifest, JSON.stringify({ batch: execution, partitions: [], objects }));
    const rows = toMatches(this.#rows, run).map(toMatchRow);
    const results: QueryResults = {
      async *rows() {
        for (const each of rows) {
          if (run.isSlow) await tick();
          yield each;
        }
      },
    };
    const input: CollectInput = { execution, mode: 'sweep', clock, manifest, window: {}, matches: ['rows'] };
    try {
      await collect(input, store, results, { mostHeld: run.mostHeld });
      return true;
    } catch (error) {
      if (error instanceof Ended) return false;
      throw error;
    }
  }
}

function toClock(serial: number): string {
  return new Date(Date.parse('2026-09-10T12:00:00Z') + serial * 1000).toISOString();
}

function storedOutcomes(objects: ReadonlyMap<string, string>): Map<string, Outcome> {
  const stored = OBJECTS.map((identity) => [identity, objects.get(outcomeKey(identity))] as const);
  return new Map(
    stored.flatMap(([identity, text]) => (text === undefined ? [] : [[identity, fromJson<Outcome>(text)]])),
  );
}

function addUp(outcomes: Iterable<Outcome>): Tally[] {
  const all = new Tallies();
  for (const { tallies } of outcomes) for (const tally of tallies) all.merge(tally);
  return all.sorted();
}

/** Totals and findings are what the stored outcomes say. */
async function expectWhole(objects: Map<string, string>): Promise<void> {
  const tallies = addUp(storedOutcomes(objects).values());
  expect(toJson(await readTallies(openMemoryStore(objects)))).toBe(toJson(tallies));
  const findings = Object.fromEntries(
    foldFindings(tallies).findings.map((finding) => [`findings/${finding.finding_id}.json`, `${toJson(finding, 2)}\n`]),
  );
  expect(Object.fromEntries([...objects].filter(([key]) => key.startsWith('findings/')))).toEqual(findings);
}

/** Each object has what the latest evaluation gave it. One that finds nothing where nothing is stored leaves no trace. */
function expectLatest({ objects, finished }: Play, rows: readonly Row[]): void {
  const outcomes = storedOutcomes(objects);
  for (const identity of OBJECTS) {
    const evaluations = finished.filter(({ run }) => run.objects.includes(identity));
    const latest = evaluations.toSorted((a, b) => (a.clock < b.clock ? 1 : -1))[0];
    const stored = toJson(outcomes.get(identity)?.tallies ?? []);
    const given = toJson(latest === undefined ? [] : evaluate(rows, latest.run, identity));
    const others = given === '[]' ? evaluations.map(({ run }) => toJson(evaluate(rows, run, identity))) : [];
    expect([given, ...others]).toContain(stored);
  }
}

const scheduled = fc.record({ history, scheduler: fc.scheduler() });

describe('Collect', () => {
  it.each(['retried', 'restarted'] as const)(
    'at the same time, ended anywhere and %s: totals and findings are those of the outcomes',
    async (tries) => {
      await fc.assert(
        fc.asyncProperty(scheduled, async ({ history: { rows, rounds }, scheduler }) => {
          const play = new Play(rows, scheduler);
          await play.play(rounds, tries);
          await expectWhole(play.objects);
          expectLatest(play, rows);
        }),
        runs(150),
      );
    },
  );

  it('twice at once, where one attempt did not hear of the other: nothing counts twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 14 }), run, fc.scheduler(), async (rows, each, scheduler) => {
        const play = new Play(rows, scheduler);
        await play.playTwins(each);
        await expectWhole(play.objects);
        expectLatest(play, rows);
      }),
      runs(150),
    );
  });

  it('one after the other, in whatever order they end: the same', async () => {
    await fc.assert(
      fc.asyncProperty(scheduled, async ({ history: { rows, rounds }, scheduler }) => {
        const play = new Play(rows, scheduler);
        await play.play(
          rounds.flat().map((each) => [{ ...each, attempts: [] }]),
          'retried',
        );
        await expectWhole(play.objects);
        const latest = storedOutcomes(play.objects);
        for (const identity of OBJECTS) {
          const last = play.finished.findLast(({ run }) => run.objects.includes(identity));
          const given = last === undefined ? [] : evaluate(rows, last.run, identity);
          expect(toJson(latest.get(identity)?.tallies ?? [])).toBe(toJson(given));
        }
      }),
      runs(100),
    );
  });
});
