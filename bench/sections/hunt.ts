/** Questions to the past: what the address index costs and takes, and what it answers. */
import { spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type GeneratedSet, openSet } from '../corpus/sets.ts';
import { PROGRAMS } from '../engines/engine.ts';
import { HUNT, INDEX_ANSWER, INDEX_ANSWER_FROM_TEXT, kernel, makeHome } from '../engines/flowhound.ts';
import { makeNetflowStore, NFDUMP } from '../engines/netflow.ts';
import { ZGREP } from '../engines/text.ts';
import type { Entry } from '../interleave.ts';
import { describe, netflowFolder, openLogs, type Section, type Size, type Stage, toEntry } from './section.ts';

export const INDEX: Section = {
  title: 'The address index',
  isInQuick: true,
  plan: async (stage) => {
    // A week: on a day of logs, compiling what writes the index would weigh as much as running it.
    const week = await openLogs(stage, 'week');
    const options = { set: week, list: 'ip100', stage } as const;
    const entries = [toEntry('kernel', kernel(), options), toEntry('kernel-index', kernel({ index: true }), options)];
    return { about: `${describe(week)}.`, rounds: 3, entries, sizes: await measureSizes(week, stage) };
  },
};

async function measureSizes(set: GeneratedSet, stage: Stage): Promise<Size[]> {
  const home = sweptHome(set, stage, 'home-index');
  const size = (id: string, name: string): Size => ({ id, name, bytes: indexBytes(home), ofBytes: set.gzBytes });
  const written = size('written', 'address index as written');
  compact(home);
  return [written, size('compacted', 'address index compacted by day')];
}

export const RETRO_HUNT: Section = {
  title: 'Retro-hunt over 7 days',
  isInQuick: true,
  plan: async (stage) => {
    const set = await openLogs(stage, 'week');
    const home = sweptHome(set, stage, 'home-hunt');
    compact(home);
    const one = { set, list: 'ip1', stage, course: { home } } as const;
    const many = { ...one, list: 'ip100k' } as const;
    const name = (engine: { name: string }, indicators: string) => ({ name: `${engine.name}, ${indicators}` });
    const entries: Entry[] = [
      toEntry('answer-1', INDEX_ANSWER, { ...one, entry: { ...name(INDEX_ANSWER, '1 indicator') } }),
      toEntry('hunt-1', HUNT, { ...one, entry: { ...name(HUNT, '1 indicator') } }),
      toEntry('zgrep-1', ZGREP, { ...one, entry: { rounds: stage.isQuick ? 1 : 2, ...name(ZGREP, '1 indicator') } }),
    ];
    if (!stage.isQuick) {
      const netflow = makeNetflowStore(set.logs, netflowFolder(set));
      const course = netflow === undefined ? {} : { netflow };
      entries.push(
        toEntry('answer-100k', INDEX_ANSWER, { ...many, entry: { ...name(INDEX_ANSWER, '100,000 indicators') } }),
        toEntry('answer-100k-text', INDEX_ANSWER_FROM_TEXT, {
          ...many,
          entry: { ...name(INDEX_ANSWER_FROM_TEXT, '100,000 indicators') },
        }),
        toEntry('zgrep-100k', ZGREP, { ...many, entry: { rounds: 1, ...name(ZGREP, '100,000 indicators') } }),
        toEntry('nfdump-1', NFDUMP, { ...one, course, entry: { ...name(NFDUMP, '1 indicator') } }),
        toEntry('nfdump-100k', NFDUMP, { ...many, course, entry: { ...name(NFDUMP, '100,000 indicators') } }),
      );
    }
    const { objects } = set.truth('ip1');
    const about = `${describe(set)}; the one indicator is in ${objects} of the objects. Answers count objects, the others records; they take the list compiled, unless told.`;
    return { about, rounds: stage.isQuick ? 3 : 5, entries };
  },
};

export const HISTORY: Section = {
  title: 'Retro-hunt over 1 to 90 days',
  plan: async (stage) => {
    const entries: Entry[] = [];
    for (const days of [1, 7, 30, 90]) {
      // Six objects a day, one of each account and region.
      const set = await openSet(stage.cache, 'history', 6 * days);
      const home = sweptHome(set, stage, `home-${days}`);
      compact(home);
      const add = (id: string, engine: typeof HUNT, rounds: number): Entry =>
        toEntry(`${id}-${days}`, engine, {
          ...{ set, list: 'ip1', stage, course: { home } },
          entry: { at: days, rounds, name: `${engine.name}, ${days} day${days === 1 ? '' : 's'}` },
        });
      entries.push(add('answer', INDEX_ANSWER, 3), add('hunt', HUNT, 3), add('zgrep', ZGREP, 1));
    }
    const about = '1 indicator; 60,000 records a day in six objects of 0.3 MB gz, of which one in 28 holds it.';
    return { about, rounds: 3, entries };
  },
};

/** A fresh home: the code that writes it may have changed since the last run. */
function sweptHome(set: GeneratedSet, stage: Stage, name: string): string {
  stage.say(`sweeping ${describe(set)} for its index`);
  return makeHome(toEntry('home', HUNT, { set, list: 'ip100', stage }).course, join(stage.scratch, name));
}

function indexBytes(home: string): number {
  const files = globSync(join(home, 'addresses/**/*'), { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((bytes, file) => bytes + statSync(join(file.parentPath, file.name)).size, 0);
}

/** As the scheduled sweep does; it fails where nothing was indexed. */
export function compact(home: string): void {
  const done = spawnSync(process.execPath, [join(PROGRAMS, 'compact-index.ts'), home], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`the index could not be compacted: ${done.stderr.slice(-500)}`);
}
