/** Measurements → tables. Ratios come first: seconds change with the machine and its neighbours, ratios hardly do. */
import { availableParallelism, cpus } from 'node:os';
import type { CorpusFacts } from './corpus.ts';
import type { Measurement } from './measure.ts';

export type Result = { readonly name: string; readonly runs: Measurement[]; readonly hits: Set<number> };

type Row = { readonly name: string; readonly cpu: number; readonly wall: number; readonly peak: number };

/** Best run of each engine, relative to the first engine. */
export function toTable(results: Result[]): string {
  const [first, ...others] = results.map(toRow);
  const head = ['engine', `CPU ÷ ${first!.name}`, 'wall ÷', 'peak memory ÷', 'CPU s', 'wall s', 'peak MB'];
  const body = [first!, ...others].map((row) => [
    row.name,
    ratio(row.cpu, first!.cpu),
    ratio(row.wall, first!.wall),
    ratio(row.peak, first!.peak),
    row.cpu.toFixed(2),
    row.wall.toFixed(2),
    row.peak.toFixed(0),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((cells) => cells[column]!.length)));
  const line = (cells: string[]): string => `| ${cells.map((cell, i) => pad(cell, widths[i]!, i)).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...body.map(line)].join('\n');
}

/** The page that is checked in. */
export function toMarkdown(results: Result[], run: { facts: CorpusFacts; list: string; rounds: number }): string {
  const [sweep, ...peers] = results.map(toRow);
  const { facts } = run;
  const hits = [...results[0]!.hits][0];
  return `# Bench

${peers.map((peer) => `- \`${sweep!.name}\` needs ${(sweep!.cpu / peer.cpu).toFixed(2)} times the CPU of ${peer.name}.`).join('\n')}

${toTable(results)}

CPU is user and system time of the whole process with its children, least of ${run.rounds} interleaved rounds; wall likewise. Peak memory is
the largest resident set of any one process, the greatest of all rounds. Compare only inside this table.

- Corpus: \`bench/corpus.ts\`, seed ${facts.seed}: ${count(facts.records)} records of 29 fields in ${facts.objects} objects, ${megabytes(facts.gzBytes)} MB gz, ${megabytes(facts.textBytes)} MB text.
- List: ${run.list}. Every engine found the same ${hits} records; zgrep and DuckDB then stop, sweep goes on to sightings and findings.
- Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}.
`;
}

function toRow({ name, runs }: Result): Row {
  return {
    name,
    cpu: Math.min(...runs.map((run) => run.cpuSeconds)),
    wall: Math.min(...runs.map((run) => run.wallSeconds)),
    peak: Math.max(...runs.map((run) => run.peakMegabytes)),
  };
}

function ratio(value: number, base: number): string {
  return `${(value / base).toFixed(2)} ×`;
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function megabytes(bytes: number): string {
  return count(Math.round(bytes / 1e6));
}
