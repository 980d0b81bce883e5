/** A few random cases through the command line: what it prints is what the oracle says, digit by digit. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Case, cases } from '../oracle/arbitraries.ts';
import { readAllowlist, readLists } from '../oracle/oracle-indicators.ts';
import { DATA_RATIO_HEADER, DIRECTIONAL_HEADER, dataRatios, directionalRows } from '../oracle/oracle-queries.ts';
import { findSightings, type OracleSighting } from '../oracle/oracle-sightings.ts';
import { makeWorld, toOracleObject, type World, writeLists, writeObjects } from '../oracle/world.ts';
import { flowhound, linesOf } from './command-line.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.remove());

const run = (...args: string[]) => flowhound([...args, '--home', world.home], { cwd: world.root });

/** Counters stay text on the way, since JSON.parse would round them. */
function parseSightings(stdout: string): OracleSighting[] {
  return linesOf(stdout).map((line) => {
    const exact = line.replace(/"((?:bytes|packets)_(?:in|out))":(\d+)/g, '"$1":"$2"');
    const { initiator, initiator_reason, severity, finding_id, ...rest } = JSON.parse(exact);
    expect(['local', 'indicator', 'unknown']).toContain(initiator);
    for (const text of [initiator_reason, severity, finding_id]) expect(text).toMatch(/\S/);
    for (const key of ['bytes_in', 'bytes_out', 'packets_in', 'packets_out']) rest[key] = BigInt(rest[key]);
    return { ...rest, also_in: rest.also_in.toSorted() };
  });
}

/** The first cases of a seed that have something to show. */
function busyCases(arbitrary: fc.Arbitrary<Case>, seed: number): Case[] {
  const drawn = fc.sample(arbitrary, { seed, numRuns: 200 });
  return drawn.filter((one) => expectedOf(one).length > 4).slice(0, 3);
}

function expectedOf({ objects, lists, own, allow }: Case): OracleSighting[] {
  const { indicators } = readLists(lists, own);
  return findSightings({ objects: objects.map(toOracleObject), indicators, allow: readAllowlist(allow ?? '') });
}

function write({ objects, lists, own, allow }: Case): string[] {
  writeObjects(world.logs, objects);
  const paths = writeLists(world.root, lists);
  const allowed =
    allow === undefined ? [] : ['--allow', ...writeLists(world.root, [{ name: 'allow.txt', text: allow }])];
  return ['--iocs', ...paths, ...allowed, ...own.flatMap((range) => ['--own', range])];
}

describe('sweep and findings', () => {
  it.each(busyCases(cases(), 20260901))('print the same sightings, once and again (case %#)', async (one) => {
    const options = write(one);
    const swept = await run('sweep', 'logs', ...options);
    expect(swept.status, swept.stderr).toBe(0);
    expect(parseSightings(swept.stdout)).toEqual(expectedOf(one));
    const stored = await run('findings', '--sightings');
    expect(stored.stdout).toBe(swept.stdout);
    const findings = await run('findings');
    expect((await run('sweep', 'logs', ...options)).stdout).toBe(swept.stdout);
    expect((await run('findings', '--sightings')).stdout).toBe(swept.stdout);
    expect((await run('findings')).stdout).toBe(findings.stdout);
  });
});

describe('query', () => {
  it.each(busyCases(cases({ isPlain: true, exactOnly: true }), 7))(
    'prints the published CSV (case %#)',
    async (one) => {
      const options = write({ ...one, own: [], allow: undefined });
      const objects = one.objects.map(toOracleObject);
      const ratios = await run('query', 'data_ratio', 'logs', '--param', 'ip=10.0.0.5', '--output', 'csv');
      expect(ratios.status, ratios.stderr).toBe(0);
      expect(linesOf(ratios.stdout)).toEqual([DATA_RATIO_HEADER, ...dataRatios(objects, '10.0.0.5')]);
      const rows = await run('query', 'incident_vpc_flow_directional', 'logs', ...options, '--output', 'csv');
      const [header, ...lines] = linesOf(rows.stdout);
      const iocs = readLists(one.lists).indicators.map(({ text }) => text);
      expect(header).toBe(DIRECTIONAL_HEADER);
      expect(lines.toSorted()).toEqual(directionalRows(objects, iocs).toSorted());
      // Without logs it runs over what a sweep has ingested into the home.
      await run('sweep', 'logs', ...options);
      const again = await run('query', 'incident_vpc_flow_directional', ...options, '--output', 'csv');
      expect(again.stdout).toBe(rows.stdout);
    },
  );

  it('says that there is nothing to read', async () => {
    mkdirSync(join(world.logs, 'empty'));
    const outcome = await run('query', 'data_ratio', 'logs', '--param', 'ip=10.0.0.5', '--output', 'csv');
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toBe('');
    expect(linesOf(outcome.stderr)).toHaveLength(1);
  });

  it.each(['ip=300.1.1.1', "ip=10.0.0.5' OR 1=1 --", 'nonsense', 'limit=-1'])('refuses --param %s', async (text) => {
    write({ objects: [], lists: [], own: [], allow: undefined });
    const outcome = await run('query', 'VpcFlowLogsTrafficFrmSrcAddr', 'logs', '--param', text);
    expect(outcome.status, outcome.stderr).toBe(2);
    expect(outcome.stdout).toBe('');
    expect(linesOf(outcome.stderr)).toHaveLength(1);
  });
});
