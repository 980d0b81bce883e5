/**
 * Collect: match rows → sightings per log object → findings. The outcome of every object in the batch is replaced as a
 * whole, so that doing it twice, or with another indicator list, leaves what one evaluation with the newest list would.
 */
import { fromJson, toJson } from '../core/exact-json.ts';
import type { ExecutionInput } from '../core/execution.ts';
import { type Finding, foldFindings } from '../core/finding.ts';
import { type Match, toMatch } from '../core/match.ts';
import { Tallies, type Tally } from '../core/sighting.ts';
import type { FindingChanges, ObjectStore, QueryResults } from '../ports.ts';
import { readManifest } from './plan.ts';

export type CollectInput = Pick<ExecutionInput, 'execution' | 'manifest' | 'window'> & {
  /** Result locations of the match queries. */
  readonly matches: readonly string[];
};

export type CollectOutput = { readonly matches: number; readonly sightings: number; readonly changes: string };

/** Stores sightings, folds findings, and writes what changed for Publish. */
export async function collect(input: CollectInput, store: ObjectStore, results: QueryResults): Promise<CollectOutput> {
  const shown = new Tallies();
  const sightings = new SightingsByObject(store);
  let matches = 0;
  for (const location of input.matches) {
    for await (const row of results.rows(location)) {
      const match = toMatch(row);
      matches++;
      if (isInWindow(match, input.window)) shown.add(match);
      await sightings.add(match);
    }
  }
  await sightings.flush();
  await withdrawUnsighted(input.manifest, sightings.written, store);
  const changes = `runs/${input.execution}/changes.json`;
  await store.put(changes, toJson(await toChanges(store)));
  const shownTallies = shown.sorted();
  await store.put(`runs/${input.execution}/sightings.json`, toJson(shownTallies));
  return { matches, sightings: shownTallies.length, changes };
}

/** So many tallies are held before they are written: some 50 MB. */
const MOST_HELD = 50_000;

/** Matches come in any order; what belongs to one object is added up in its file, in bounded memory. */
class SightingsByObject {
  readonly written = new Set<string>();
  readonly #store: ObjectStore;
  readonly #byObject = new Map<string, Tallies>();
  #held = 0;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  async add(match: Match): Promise<void> {
    const tallies = this.#byObject.get(match.object) ?? new Tallies();
    this.#byObject.set(match.object, tallies);
    const before = tallies.size;
    tallies.add(match);
    this.#held += tallies.size - before;
    if (this.#held >= MOST_HELD) await this.flush();
  }

  async flush(): Promise<void> {
    for (const [object, tallies] of this.#byObject) {
      const key = toKey(object);
      if (this.written.has(key)) {
        for (const tally of fromJson<Tally[]>((await this.#store.get(key)) ?? '[]')) tallies.merge(tally);
      }
      await this.#store.put(key, toJson(tallies.sorted()));
      this.written.add(key);
    }
    this.#byObject.clear();
    this.#held = 0;
  }
}

/** All stored tallies, added up over the log objects. */
export async function readTallies(store: ObjectStore): Promise<Tally[]> {
  const all = new Tallies();
  for await (const key of store.list('sightings/')) {
    const text = await store.get(key);
    for (const tally of fromJson<Tally[]>(text ?? '[]')) all.merge(tally);
  }
  return all.sorted();
}

/** All stored findings by id. */
export async function readFindings(store: ObjectStore): Promise<Map<string, Finding>> {
  const findings = new Map<string, Finding>();
  for await (const key of store.list('findings/')) {
    const finding = fromJson<Finding>((await store.get(key)) ?? 'null');
    findings.set(finding.finding_id, finding);
  }
  return findings;
}

async function withdrawUnsighted(manifestKey: string, sighted: ReadonlySet<string>, store: ObjectStore): Promise<void> {
  const manifest = await readManifest(manifestKey, store);
  const evaluated = new Set(manifest.objects.map(({ identity }) => toKey(identity)));
  const stale: string[] = [];
  for await (const key of store.list('sightings/')) if (evaluated.has(key) && !sighted.has(key)) stale.push(key);
  for (const key of stale) await store.remove(key);
}

async function toChanges(store: ObjectStore): Promise<FindingChanges> {
  const before = await readFindings(store);
  const { findings } = foldFindings(await readTallies(store));
  const isChanged = (finding: Finding) => toJson(finding) !== toJson(before.get(finding.finding_id));
  const ids = new Set(findings.map((finding) => finding.finding_id));
  return {
    opened: findings.filter((finding) => !before.has(finding.finding_id)),
    updated: findings.filter((finding) => before.has(finding.finding_id) && isChanged(finding)),
    withdrawn: [...before.keys()].filter((id) => !ids.has(id)).sort(),
  };
}

function isInWindow({ end }: Match, { from, to }: ExecutionInput['window']): boolean {
  if (from === undefined && to === undefined) return true;
  if (end === null) return false;
  return (from === undefined || end >= from) && (to === undefined || end < to);
}

function toKey(identity: string): string {
  return `sightings/${identity}.json`;
}
