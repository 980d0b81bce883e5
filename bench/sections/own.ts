/** Most of the engines over logs and a list that somebody has. Nobody knows what must be found: engines are held against each other. */
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { FLOWLOGS_READER } from '../engines/columns.ts';
import type { Course, Engine } from '../engines/engine.ts';
import { compileList, HUNT, INDEX_ANSWER, kernel, makeHome } from '../engines/flowhound.ts';
import { makeNetflowStore, NFDUMP } from '../engines/netflow.ts';
import type { Entry } from '../interleave.ts';
import { compact } from './hunt.ts';
import { READERS } from './live.ts';
import type { Section, Stage } from './section.ts';

export function ownLogs(logs: string, listFile: string): Section {
  return {
    title: 'Own logs and list',
    plan: async (stage) => {
      const paths = globSync(join(logs, '**/*.log.gz')).sort();
      if (paths.length === 0) throw new Error(`no *.log.gz under ${logs}`);
      const gzBytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
      const { list, entries: indicators, hasNetworks } = toPlainList(listFile, stage);
      const course = {
        logs,
        list,
        compiledList: compileList(list),
        ...readColumns(paths[0]!),
        firstObject: paths[0]!,
        scratch: stage.scratch,
      };
      const toEntry = (id: string, engine: Engine, more: Partial<Entry> = {}): Entry => ({
        id,
        engine,
        course,
        gzBytes,
        ...more,
      });
      // The playbook's shape counts a row for each side that is listed: it would not agree.
      const { 'duckdb-union': _, ...readers } = READERS;
      const kernels = { 'kernel-2': kernel({ workers: 2 }), 'kernel-index': kernel({ index: true }) };
      const entries = Object.entries({ ...readers, ...kernels })
        .filter(([, { finds, knowsNetworks }]) => !hasNetworks || finds === 'nothing' || knowsNetworks)
        .map(([id, engine]) => toEntry(id, engine));
      entries.push(...overHistory(course, gzBytes, stage));
      if (!hasNetworks) entries.push(...overOthers(course, gzBytes, stage));
      const left = hasNetworks ? ' The list has networks, so only who knows them looks for it.' : '';
      const about = `${paths.length} objects, ${(gzBytes / 1e6).toFixed(0)} MB gz, ${indicators} indicators. Columns as in the first object.${left}`;
      return { about, rounds: 3, entries };
    },
  };
}

function overHistory(course: Course, gzBytes: number, stage: Stage): Entry[] {
  const home = makeHome(course, join(stage.scratch, 'home-own'));
  const known = { ...course, home };
  compact(home);
  return [
    { id: 'answer', engine: INDEX_ANSWER, course: known, gzBytes },
    { id: 'hunt', engine: HUNT, course: known, gzBytes },
  ];
}

function overOthers(course: Course, gzBytes: number, stage: Stage): Entry[] {
  const netflow = makeNetflowStore(course.logs, join(stage.scratch, 'netflow-own'));
  const scale = gzBytes / statSync(course.firstObject).size;
  const name = 'flowlogs-reader, from one object';
  return [
    { id: 'flowlogs-reader', engine: FLOWLOGS_READER, course, gzBytes, scale, rounds: 1, name, isPart: true },
    ...(netflow === undefined
      ? []
      : [{ id: 'nfdump', engine: NFDUMP, course: { ...course, netflow }, gzBytes, isPart: true as const }]),
  ];
}

/** First fields of the lines that are an address or a network: what every tool can read. */
function toPlainList(file: string, stage: Stage): { list: string; entries: number; hasNetworks: boolean } {
  const entries = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(/[,;#\s]/, 1)[0]!.replaceAll('"', ''))
    .filter((entry) => isIP(entry.split('/')[0]!) !== 0);
  if (entries.length === 0) throw new Error(`no address in ${file}`);
  const list = join(stage.scratch, 'own-list.txt');
  writeFileSync(list, `${[...new Set(entries)].join('\n')}\n`);
  return { list, entries: entries.length, hasNetworks: entries.some((entry) => entry.includes('/')) };
}

function readColumns(path: string): Pick<Course, 'columns' | 'addressColumns'> {
  const text = gunzipSync(readFileSync(path)).toString('latin1');
  const columns = text.slice(0, text.indexOf('\n')).trim().split(' ');
  const addressColumns = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'].filter((name) => columns.includes(name));
  return { columns, addressColumns };
}
