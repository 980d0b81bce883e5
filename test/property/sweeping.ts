/** A random case through the whole product, and what the home remembers of it. For tests only. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldFindings } from '../../src/core/finding.ts';
import { type Sighting, toSightings } from '../../src/core/sighting-document.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { type SweepRequest, type SweepResult, sweep } from '../../src/local/sweep.ts';
import { readTallies } from '../../src/tasks/totals.ts';
import type { Case } from '../oracle/arbitraries.ts';
import { readAllowlist, readLists } from '../oracle/oracle-indicators.ts';
import { findSightings, type OracleSighting, type Question } from '../oracle/oracle-sightings.ts';
import { makeWorld, toOracleObject, type World, writeFileAt, writeLists, writeObjects } from '../oracle/world.ts';

export const CLOCK = new Date('2026-09-10T12:00:00Z');

export async function inWorld<T>(use: (world: World) => Promise<T>): Promise<T> {
  const world = makeWorld();
  try {
    return await use(world);
  } finally {
    world.remove();
  }
}

/** Writes lists and objects; returns what to ask the product for. */
export function writeCase(world: World, { objects, lists, allow, own }: Case): SweepRequest {
  writeObjects(world.logs, objects);
  return {
    logs: [world.logs],
    iocs: writeLists(world.root, lists),
    home: world.home,
    own,
    clock: CLOCK,
    ...(allow === undefined ? {} : { allow: [writeFileAt(world.root, 'allow.txt', allow)] }),
  };
}

export function sweepCase(world: World, wanted: Case, more: Partial<SweepRequest> = {}): Promise<SweepResult> {
  return sweep({ ...writeCase(world, wanted), ...more });
}

/** What the contract says of the case. */
export function expectedOf({ objects, lists, allow, own }: Case, more: Partial<Question> = {}): OracleSighting[] {
  return findSightings({
    objects: objects.map(toOracleObject),
    indicators: readLists(lists, own).indicators,
    allow: allow === undefined ? [] : readAllowlist(allow),
    ...more,
  });
}

/** The columns the oracle speaks of. Severity and initiator are judgements; their own tests hold them. */
export function comparable(sightings: readonly Sighting[]): OracleSighting[] {
  return sightings.map(({ initiator: _i, initiator_reason: _r, severity: _s, finding_id: _f, ...rest }) => ({
    ...rest,
    indicator_ip: [...rest.indicator_ip],
    also_in: rest.also_in.toSorted(),
  }));
}

/** The finding documents as they lie on disk, and the stored sightings over all sweeps. */
export async function storedIn(home: string): Promise<{ findings: Record<string, string>; sightings: Sighting[] }> {
  const folder = join(home, 'findings');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const tallies = await readTallies(openFolderStore(home));
  return {
    findings: Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
    sightings: toSightings(tallies, foldFindings(tallies)),
  };
}
