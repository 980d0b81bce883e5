/** New logs and a list: who finds the listed addresses at what cost, and what longer lists cost. */
import { statSync } from 'node:fs';
import type { ListName } from '../corpus/lists.ts';
import { CHDB, DUCKDB, DUCKDB_UNION, FLOWLOGS_READER, POLARS } from '../engines/columns.ts';
import type { Engine } from '../engines/engine.ts';
import { kernel, SWEEP } from '../engines/flowhound.ts';
import { GZIP, IGZIP, LIBDEFLATE, NODE_GUNZIP } from '../engines/inflate.ts';
import { makeNetflowStore, NFDUMP } from '../engines/netflow.ts';
import { MAWK, RIPGREP, ZGREP } from '../engines/text.ts';
import type { Entry } from '../interleave.ts';
import { describe, netflowFolder, openLogs, type Section, type Stage, toEntry } from './section.ts';

const DAY_OBJECTS = 24;

/** All who read logs as they are, by the ids that goals use. */
export const READERS: Readonly<Record<string, Engine>> = {
  kernel: kernel(),
  sweep: SWEEP,
  igzip: IGZIP,
  libdeflate: LIBDEFLATE,
  'node-gunzip': NODE_GUNZIP,
  gzip: GZIP,
  polars: POLARS,
  chdb: CHDB,
  duckdb: DUCKDB,
  'duckdb-union': DUCKDB_UNION,
  mawk: MAWK,
  rg: RIPGREP,
  zgrep: ZGREP,
};
const IN_QUICK = ['kernel', 'igzip', 'node-gunzip', 'duckdb'];
/** The least time of a short process takes more tries than that of a long one, which has neighbours of both kinds beside it. */
const SHORT = ['kernel', 'igzip', 'libdeflate', 'node-gunzip'];

export const LIVE: Section = {
  title: 'Live scan: one day of logs, 100 indicators',
  isInQuick: true,
  plan: async (stage) => {
    const set = await openLogs(stage, 'week', stage.isQuick ? undefined : DAY_OBJECTS);
    const options = { set, list: 'ip100', stage } as const;
    const readers = Object.entries(READERS).filter(([id]) => !stage.isQuick || IN_QUICK.includes(id));
    const entries = readers.map(([id, engine]) =>
      toEntry(id, engine, { ...options, entry: SHORT.includes(id) ? {} : { rounds: stage.isQuick ? 1 : 4 } }),
    );
    if (!stage.isQuick) entries.push(await overOneObject(stage), ...overNetflow(options));
    return { about: `${describe(set)}.`, rounds: stage.isQuick ? 3 : 15, entries };
  },
};

/** flowlogs-reader does some 2 MB/s: one object is enough to tell. */
async function overOneObject(stage: Stage): Promise<Entry> {
  const day = await openLogs(stage, 'week', DAY_OBJECTS);
  const set = await openLogs(stage, 'week', 1);
  const scale = day.gzBytes / statSync(set.firstObject).size;
  const name = 'flowlogs-reader, from one object of 24';
  return toEntry('flowlogs-reader', FLOWLOGS_READER, {
    ...{ set, list: 'ip100', stage },
    entry: { rounds: 2, scale, name, gzBytes: day.gzBytes },
  });
}

function overNetflow(options: Parameters<typeof toEntry>[2]): Entry[] {
  const netflow = makeNetflowStore(options.set.logs, netflowFolder(options.set));
  return [toEntry('nfdump', NFDUMP, { ...options, course: netflow === undefined ? {} : { netflow } })];
}

const LISTS: readonly { list: ListName; at: number }[] = [
  { list: 'ip1', at: 1 },
  { list: 'ip100', at: 100 },
  { list: 'mix10k', at: 10_000 },
  { list: 'ip100k', at: 100_000 },
  { list: 'mix1M', at: 1_000_000 },
];

export const LONGER_LISTS: Section = {
  title: 'Lists from 1 to 1,000,000 indicators',
  isInQuick: true,
  plan: async (stage) => {
    const set = await openLogs(stage, 'week', stage.isQuick ? undefined : DAY_OBJECTS);
    const add = (id: string, engine: Engine, list: ListName, at: number, rounds?: number): Entry =>
      toEntry(id, engine, {
        ...{ set, list, stage },
        entry: { at, name: `${engine.name}, ${list}`, ...(rounds === undefined ? {} : { rounds }) },
      });
    if (stage.isQuick) {
      const ends = LISTS.filter(({ list }) => list === 'ip1' || list === 'mix1M');
      const entries = ends.map(({ list, at }) => add(`kernel-${list}`, kernel(), list, at));
      return { about: `${describe(set)}.`, rounds: 3, entries };
    }
    const entries = LISTS.flatMap(({ list, at }) => [
      add(`kernel-${list}`, kernel(), list, at),
      ...(at === 10_000 ? [] : [add(`sweep-${list}`, SWEEP, list, at, 3)]),
    ]);
    const plain = [
      ['ip1', 1],
      ['ip100', 100],
      ['ip10k', 10_000],
      ['ip100k', 100_000],
      ['ip1M', 1_000_000],
    ] as const;
    for (const [list, at] of plain) {
      entries.push(add(`polars-${list}`, POLARS, list, at, 2), add(`mawk-${list}`, MAWK, list, at, 2));
      // At a million zgrep needs a minute and gigabytes for answers that are mostly wrong.
      if (at <= 100_000) entries.push(add(`zgrep-${list}`, ZGREP, list, at, at > 10_000 ? 1 : 2));
    }
    const about = `${describe(set)}. ip… lists hold addresses only; mix… also networks and IPv6, which the others here cannot look for.`;
    return { about, rounds: 5, entries };
  },
};
