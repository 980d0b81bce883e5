/** The last lines of a sweep on stderr: plain numbers, each with its kind, and the objects behind them. */
import { formatBytes, formatCount } from '../core/story.ts';
import type { SweepResult, SweepSummary } from '../local/sweep.ts';
import type { IndexAnswer } from '../tasks/objects-by-index.ts';
import type { Executed } from '../tasks/read-executed.ts';
import { sayFirst, type Talk } from './talk.ts';

/** One line of counts after a line for each of the first troubled objects. */
export function saySummary(talk: Talk, result: SweepResult, logs: readonly string[], home: string): void {
  const { summary } = result;
  sayTrouble(talk, summary, home);
  if (summary.objects === 0) talk.say(`flowhound: ${tellNothing(summary, logs)}`);
  const count = (kind: string) => summary.problems.filter((problem) => problem.kind === kind).length;
  const lists = `; ${summary.indicators} indicators in use, ${count('refused')} refused, ${count('invalid')} invalid`;
  sayCounts(talk, result, { foreign: `, ${sum(summary.foreign)} foreign`, lists, where: home });
}

/** What executions without lists of their own did; `where` is the home or the stack's bucket. */
export function sayExecuted(talk: Talk, result: Executed, where: string): void {
  sayTrouble(talk, result.summary, where);
  sayCounts(talk, result, { foreign: '', lists: '', where });
}

function sayTrouble(talk: Talk, { trouble }: Executed['summary'], where: string): void {
  const name = (object: string) => object.slice(object.lastIndexOf('/') + 1);
  const troubled = trouble.map(({ object, kind, reason }) => `${name(object)}: ${kind} (${reason})`);
  sayFirst(talk, troubled, `${where}/runs/`);
}

function sayCounts(
  talk: Talk,
  { summary, sightings, findings }: Executed,
  { foreign, lists, where }: { readonly foreign: string; readonly lists: string; readonly where: string },
): void {
  if (summary.withoutDataRatio > 0) {
    talk.say(
      `flowhound: the hosts' other traffic could not be looked at; findings stand (${where}/runs/…/data-ratio-failure.json)`,
    );
  }
  const counts = [
    `${summary.objects} objects read, ${summary.damaged} damaged, ${summary.empty} empty`,
    `, ${summary.withoutHeader} without usable header${foreign}`,
    `; ${summary.records} records, ${summary.matches} matches; ${sum(summary.malformed)} lines malformed`,
    `${lists}; ${sightings.length} sightings, ${findings.length} findings (${summary.opened} new)`,
  ];
  talk.say(`flowhound: ${counts.join('')}`);
}

/** What the address index spared a hunt, and what it could not. */
export function sayIndex(talk: Talk, { holding, unindexed, others, damaged }: IndexAnswer, where: string): void {
  const asked = holding.objects + unindexed.objects + others.objects;
  if (asked === 0) return;
  const tell = ({ objects, bytes }: IndexAnswer['holding'], what: string) =>
    `${formatCount(objects)} ${what} (${formatBytes(bytes)})`;
  const parts = [tell(holding, 'hold such an address'), tell(unindexed, 'are not in it and read too')];
  talk.say(
    `flowhound: address index: of ${formatCount(asked)} objects ${parts.join(', ')}, ${tell(others, 'need no reading')}`,
  );
  const files = damaged.map(({ key, reason }) => `${where}/${key}: damaged (${reason})`);
  sayFirst(talk, files, `${where}/addresses/`);
}

/** Records that say something was not recorded. */
export function sayCoverage(talk: Talk, summary: Executed['summary']): void {
  const { NODATA = 0, SKIPDATA = 0 } = summary.statuses;
  const counts = [
    [NODATA, 'NODATA'],
    [SKIPDATA, 'SKIPDATA'],
    [sum(summary.statuses) - NODATA - SKIPDATA, 'with another log-status'],
  ] as const;
  const parts = counts.filter(([records]) => records > 0).map(([records, status]) => `${records} ${status}`);
  if (parts.length > 0) talk.say(`flowhound: coverage: records ${parts.join(', ')}`);
}

function tellNothing(summary: SweepSummary, logs: readonly string[]): string {
  const files = sum(summary.foreign);
  const first = summary.firstForeign === undefined ? '' : ` (first: ${summary.firstForeign})`;
  const named = files === 0 ? 'no files' : `${files} files, none named like a VPC flow log object${first}`;
  return `no log objects under ${logs.join(', ')}: ${named}. Expected …/AWSLogs/<account>/vpcflowlogs/<region>/…`;
}

function sum(counts: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}
