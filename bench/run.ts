/**
 * The bench: `flowhound sweep` against what one would use instead, over the same logs and list, in turns.
 *
 *     node bench/run.ts [--quick] [--records N] [--rounds N] [--seed S] [--list ip100] [--peers-only]
 *
 * Fails when hit counts differ and when sweep needs more CPU than a peer. Writes bench/results.md, but not with --quick.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateCorpus } from './corpus.ts';
import { type Engine, missingTools, PEERS, SWEEP } from './engines.ts';
import { LISTS, type ListName, writeList } from './lists.ts';
import { findStopwatch, type Measurement, measure } from './measure.ts';
import { type Result, toMarkdown, toTable } from './results.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    records: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    list: { type: 'string', default: 'ip100' },
    'peers-only': { type: 'boolean', default: false },
  },
});
// 3.43 million records in 24 objects are one day of the reference corpus; the quick run takes two rounds of it, the full one is 20 million.
const records = Number(values.records ?? (values.quick ? 3_430_000 : 20_000_000));
const rounds = Number(values.rounds ?? (values.quick ? 2 : 3));

process.exitCode = await main();

async function main(): Promise<number> {
  const stopwatch = findStopwatch();
  const missing = missingTools();
  if (stopwatch === undefined) missing.push('GNU time (/usr/bin/time) or python3');
  if (stopwatch === undefined || missing.length > 0) {
    console.error(`bench: skipped, not on this machine: ${missing.join(', ')}`);
    return 0;
  }
  if (!(values.list in LISTS) || values.list.startsWith('mix')) {
    console.error(`bench: --list ${values.list} is none that all engines can read: ip1, ip100, ip10k, ip1M`);
    return 2;
  }
  const cache = join(import.meta.dirname, '../node_modules/.cache/bench');
  const folder = join(cache, `corpus-${records}-${values.seed}`);
  const facts = await generateCorpus(folder, { records, seed: Number(values.seed) });
  const scratch = join(cache, `scratch-${process.pid}`);
  mkdirSync(scratch, { recursive: true });
  const course = {
    logs: join(folder, 'logs'),
    list: writeList(join(cache, 'lists'), values.list as ListName),
    scratch,
  };
  const engines = values['peers-only'] ? PEERS : [SWEEP, ...PEERS];
  const results: Result[] = engines.map((engine) => ({ name: engine.name, runs: [], hits: new Set() }));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [i, engine] of engines.entries())
        runOnce(engine, results[i]!, () => measure(engine.prepare(course), stopwatch, scratch));
      console.error(`bench: round ${round + 1} of ${rounds} done`);
    }
  } catch (error) {
    console.error(`bench: FAILED, ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return judge(results, facts);
}

function runOnce(engine: Engine, result: Result, run: () => Measurement): void {
  const measurement = run();
  result.runs.push(measurement);
  const stdout = readFileSync(measurement.stdoutFile, 'utf8');
  try {
    result.hits.add(engine.countHits(stdout));
  } catch (cause) {
    throw new Error(`${engine.name} printed what cannot be counted: ${stdout.slice(0, 200).trimEnd()}`, { cause });
  }
}

function judge(results: Result[], facts: Awaited<ReturnType<typeof generateCorpus>>): number {
  console.log(toTable(results));
  const counts = new Set(results.flatMap((result) => [...result.hits]));
  // The list ip1 holds one of the fifty planted indicators; every other list holds all.
  const isWrong = values.list !== 'ip1' && !counts.has(facts.plantedRows);
  if (counts.size !== 1 || isWrong) {
    const found = results.map((result) => `${result.name} ${[...result.hits].join(' or ')}`).join(', ');
    console.error(`bench: FAILED, hit counts differ (${facts.plantedRows} rows are planted): ${found}`);
    return 1;
  }
  console.log(`\nEvery engine found the same ${[...counts][0]} of ${facts.records.toLocaleString('en')} records.`);
  if (values['peers-only']) return 0;
  if (!values.quick)
    writeFileSync(join(import.meta.dirname, 'results.md'), toMarkdown(results, { facts, list: values.list, rounds }));
  const [sweep, ...peers] = results.map((result) => ({
    name: result.name,
    cpu: Math.min(...result.runs.map((run) => run.cpuSeconds)),
  }));
  const faster = peers.filter((peer) => sweep!.cpu > peer.cpu);
  if (faster.length === 0) return 0;
  console.error(`bench: sweep needs more CPU than ${faster.map((peer) => peer.name).join(' and ')}`);
  return 1;
}
