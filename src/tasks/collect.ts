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
  const sighted = new Set<string>();
  let matches = 0;
  for (const location of input.matches) {
    for await (const [object, ofObject] of byObject(results.rows(location))) {
      const tallies = new Tallies();
      for (const match of ofObject) {
        tallies.add(match);
        if (isInWindow(match, input.window)) shown.add(match);
      }
      matches += ofObject.length;
      sighted.add(toKey(object));
      await store.put(toKey(object), toJson(tallies.sorted()));
    }
  }
  await withdrawUnsighted(input.manifest, sighted, store);
  const changes = `runs/${input.execution}/changes.json`;
  await store.put(changes, toJson(await toChanges(store)));
  const shownTallies = shown.sorted();
  await store.put(`runs/${input.execution}/sightings.json`, toJson(shownTallies));
  return { matches, sightings: shownTallies.length, changes };
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

/** Rows come sorted by object; an object's rows are held together, never all rows. */
async function* byObject(rows: ReturnType<QueryResults['rows']>): AsyncGenerator<[string, Match[]]> {
  let matches: Match[] = [];
  for await (const row of rows) {
    const match = toMatch(row);
    if (matches.length > 0 && matches[0]!.object !== match.object) {
      yield [matches[0]!.object, matches];
      matches = [];
    }
    matches.push(match);
  }
  if (matches.length > 0) yield [matches[0]!.object, matches];
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
