/**
 * Lists change while log objects come in, executions run, fail and end, and functions are cut short anywhere. Once everything
 * that was left has been done, what is stored is what one evaluation of all objects with the lists in force would leave.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseAddress } from '../../src/core/address.ts';
import { MOST, type StoredLogObject } from '../../src/core/batch.ts';
import { toJson } from '../../src/core/exact-json.ts';
import type { ExecutionInput } from '../../src/core/execution.ts';
import { foldFindings } from '../../src/core/finding.ts';
import type { IndicatorSet } from '../../src/core/indicator-set.ts';
import type { Match } from '../../src/core/match.ts';
import { Tallies } from '../../src/core/sighting.ts';
import type { ObjectStore, QueryResults } from '../../src/ports.ts';
import { collect } from '../../src/tasks/collect.ts';
import { compactDay } from '../../src/tasks/compact-addresses.ts';
import { readFindings } from '../../src/tasks/fold.ts';
import { indicatorSets } from '../../src/tasks/indicator-versions.ts';
import { currentIndicators } from '../../src/tasks/indicators-in-force.ts';
import { ingest } from '../../src/tasks/ingest.ts';
import { doneKey, readManifest } from '../../src/tasks/manifest.ts';
import { resumeSweeps } from '../../src/tasks/past-sweeps.ts';
import { plan } from '../../src/tasks/plan.ts';
import { recordResult } from '../../src/tasks/record-result.ts';
import { continueRetroHunt, retroHunt } from '../../src/tasks/retro-hunt.ts';
import { startBatch } from '../../src/tasks/start-execution.ts';
import type { SweepWindow } from '../../src/tasks/sweep-window.ts';
import { readTallies } from '../../src/tasks/totals.ts';
import { Executions, toStoredObject } from '../unit/cloud-world.ts';
import { makeMatch, toMatchRow } from '../unit/tallies.ts';
import { interleave, turns } from './interleaving.ts';
import { openMemoryStore, type Tick } from './memory-store.ts';
import { runs } from './runs.ts';
import { writeIndex } from './seen.ts';

const REMOTES = ['203.0.113.7', '203.0.113.8', '198.51.100.9', '2001:db8::7', '2001:db8:77::1'];
/** The last one is so old that nobody lists its day to see what the index does not know. */
const DAYS = ['2026-09-20', '2026-09-19', '2026-09-12', '2026-09-01'];
const OBJECTS = DAYS.flatMap((day, at) => [at * 2, at * 2 + 1].map((serial) => toStoredObject({ serial, day })));
const SETTINGS = { own: [], days: 30, unindexedDays: 2 };

const ENTRIES = [
  '203.0.113.7,a',
  '203.0.113.7,b',
  '203.0.113.0/24,net',
  '198.51.100.9',
  '2001:db8::/32,six',
  '2001:db8:77::/48',
];
const lists = fc.record({
  list: fc.subarray(ENTRIES).map((entries) => `${entries.join('\n')}\n`),
  allow: fc.constantFrom('', '', '203.0.113.7\n', '2001:db8::/64\n', '203.0.113.0/24\n'),
});

/** Steps after which it ends, if it does before its end. */
const cut = fc.option(fc.nat(120), { nil: Number.POSITIVE_INFINITY, freq: 2 });
type Act = { readonly cut: number } & (
  | { readonly act: 'lists'; readonly lists: { readonly list: string; readonly allow: string } }
  | { readonly act: 'logs'; readonly serials: readonly number[] }
  | { readonly act: 'work' | 'hour' | 'compact' }
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('lists' as const), lists, cut }) },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('logs' as const), serials: fc.subarray(OBJECTS.map((_, i) => i)), cut }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constantFrom('work' as const, 'hour' as const, 'compact' as const), cut }),
  },
);
/** Acts of one round go on at the same time. */
const rounds = fc.array(fc.tuple(fc.array(act, { minLength: 1, maxLength: 3 }), turns), { minLength: 2, maxLength: 6 });
/** Which remote addresses each object has a record with. */
const records = fc.tuple(...OBJECTS.map(() => fc.subarray(REMOTES)));

class Ended extends Error {}

class Play {
  readonly objects = new Map<string, string>();
  readonly #workflow = new Executions();
  /** Log objects that lie in their bucket. */
  readonly #come: StoredLogObject[] = [];
  readonly #records: readonly (readonly string[])[];
  #seconds = 0;

  constructor(records: readonly (readonly string[])[]) {
    this.#records = records;
  }

  async round(acts: readonly Act[], turns: Parameters<typeof interleave>[1]): Promise<void> {
    this.#seconds += 3600;
    await interleave(
      acts.map((each) => (tick) => this.#act(each, tick)),
      turns,
    );
  }

  /** Whatever is left is done, each thing to its end. */
  async settle(): Promise<void> {
    for (let hour = 0; hour < 20; hour++) {
      this.#seconds += 3600;
      const store = openMemoryStore(this.objects);
      await this.#sweep(store);
      const running = [...this.#workflow.statuses].filter(([, status]) => status === 'RUNNING');
      for (const [name] of running) await this.#execute(name, store);
      const { due } = await currentIndicators(store);
      const isLeft = due !== undefined || [...this.objects.keys()].some((key) => key.startsWith('retro-hunts/'));
      if (!isLeft && running.length === 0) return;
    }
    throw new Error('it never settles');
  }

  /** What one evaluation of everything that came in with the lists in force stores. */
  async expected(): Promise<Tallies> {
    const store = openMemoryStore(this.objects);
    const set = await indicatorSets(store)((await currentIndicators(store)).indicators);
    const all = new Tallies();
    for (const { identity } of this.#come) for (const match of this.#match(identity, set)) all.add(match);
    return all;
  }

  readonly #now = (): string => new Date(Date.parse('2026-09-20T01:00:00Z') + this.#seconds++ * 1000).toISOString();

  async #act(each: Act, turn: Tick): Promise<void> {
    let steps = 0;
    const tick: Tick = async () => {
      if (steps++ >= each.cut) throw new Ended();
      await turn();
      if (steps > each.cut) throw new Ended();
    };
    const store = openMemoryStore(this.objects, tick);
    try {
      if (each.act === 'lists') await this.#changeLists(each.lists, store);
      if (each.act === 'logs') await this.#deliver(each.serials, store);
      if (each.act === 'hour') await this.#sweep(store);
      if (each.act === 'compact') for (const day of DAYS) await compactDay(day, store);
      if (each.act === 'work') await this.#work(store);
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
    }
  }

  async #changeLists({ list, allow }: { list: string; allow: string }, store: ObjectStore): Promise<void> {
    this.objects.set('indicators/incoming/list.csv', list);
    this.objects.set('indicators/allow/allow.txt', allow);
    await retroHunt(SETTINGS, this.#now, this.#ports(store));
  }

  async #deliver(serials: readonly number[], store: ObjectStore): Promise<void> {
    const come = serials.map((serial) => OBJECTS[serial]!);
    for (const object of come) if (!this.#come.includes(object)) this.#come.push(object);
    for (const key of await this.#notice(come, store)) {
      const { execution, outcome } = await startBatch(key, this.#now(), this.#workflow);
      if (outcome === 'started') await this.#execute(execution, store);
    }
  }

  async #notice(objects: readonly StoredLogObject[], store: ObjectStore): Promise<string[]> {
    const { manifests } = await ingest(toAsync(objects), { accounts: [], regions: [] }, MOST, store);
    return manifests.map(({ key }) => key);
  }

  /** The hourly schedule: what the ledger misses, what failed, what was cut short. */
  async #sweep(store: ObjectStore): Promise<void> {
    const keys = new Set(await Array.fromAsync(store.list('manifests/')));
    const manifests = [...keys].filter((key) => key.endsWith('.json'));
    const known = await Promise.all(manifests.map((key) => readManifest(key, store)));
    const identities = new Set(known.flatMap(({ objects }) => objects.map(({ identity }) => identity)));
    const late = await this.#notice(
      this.#come.filter(({ identity }) => !identities.has(identity)),
      store,
    );
    const unfinished = manifests.filter((key) => !keys.has(doneKey(key)));
    for (const key of [...unfinished, ...late]) await startBatch(key, this.#now(), this.#workflow);
    await resumeSweeps(this.#now, { store, workflow: this.#workflow });
    await continueRetroHunt(SETTINGS, this.#now, this.#ports(store));
  }

  async #work(store: ObjectStore): Promise<void> {
    for (const [name, status] of this.#workflow.statuses) if (status === 'RUNNING') await this.#execute(name, store);
  }

  #ports(store: ObjectStore) {
    const come = this.#come;
    const list = ({ from, to }: SweepWindow) => toAsync(come.filter(({ date }) => date >= from && date <= to));
    return { store, workflow: this.#workflow, list };
  }

  /** Nobody else works on it; where it is cut short it has failed. */
  readonly #busy = new Set<string>();

  async #execute(name: string, store: ObjectStore): Promise<void> {
    if (this.#busy.has(name)) return;
    this.#busy.add(name);
    try {
      await this.#runStates(this.#workflow.inputs.get(name)!, store);
      this.#workflow.statuses.set(name, 'SUCCEEDED');
    } catch (error) {
      this.#workflow.statuses.set(name, 'FAILED');
      throw error;
    }
  }

  /** As the state machine has them, with the records of this play in place of Scan and Match. */
  async #runStates(input: ExecutionInput, store: ObjectStore): Promise<void> {
    const planned = await plan(input, { limits: MOST }, store);
    const { objects } = await readManifest(input.manifest, store);
    await writeIndex(
      store,
      objects.map((object) => ({ object, addresses: ['10.0.0.5', ...this.#remotesOf(object.identity)] })),
    );
    const set = await indicatorSets(store)(planned.indicators);
    const rows = objects.flatMap(({ identity }) => this.#match(identity, set)).map(toMatchRow);
    const results: QueryResults = { rows: () => toAsync(rows) };
    if (rows.length > 0 || planned.isAgain) await collect({ ...input, matches: ['rows'] }, store, results);
    await recordResult({ ...input, plan: planned }, store);
  }

  #remotesOf(identity: string): readonly string[] {
    return this.#records[OBJECTS.findIndex((object) => object.identity === identity)]!;
  }

  #match(object: string, set: IndicatorSet): Match[] {
    return this.#remotesOf(object).flatMap((remote) => {
      const found = set.resolve(parseAddress(remote)!);
      if (found === undefined) return [];
      const { text: indicator, comment, source } = found.indicator;
      return [makeMatch({ object, indicator, comment, source, alsoIn: found.alsoIn, indicatorIps: [found.address] })];
    });
  }
}

async function* toAsync<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

it('leaves what one evaluation of everything with the lists in force would', async () => {
  await fc.assert(
    fc.asyncProperty(records, rounds, async (all, played) => {
      const play = new Play(all);
      for (const [acts, order] of played) await play.round(acts, order);
      await play.settle();
      const expected = (await play.expected()).sorted();
      const store = openMemoryStore(play.objects);
      expect(toJson(await readTallies(store))).toBe(toJson(expected));
      const findings = foldFindings(expected).findings.map((finding) => [finding.finding_id, toJson(finding)] as const);
      const stored = [...(await readFindings(store))].map(([id, finding]) => [id, toJson(finding)] as const);
      expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(findings));
    }),
    runs(150),
  );
});
