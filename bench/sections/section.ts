/** A section of the bench: logs, lists and who runs over them. Each can be run alone, and ratios are formed only inside one. */
import { join } from 'node:path';
import { type ListName, writeList } from '../corpus/lists.ts';
import { HEADER } from '../corpus/rows.ts';
import { type CorpusName, cacheOfLists, type GeneratedSet, openSet } from '../corpus/sets.ts';
import type { Course, Engine } from '../engines/engine.ts';
import { compileList } from '../engines/flowhound.ts';
import type { Entry } from '../interleave.ts';

export const SECTION_NAMES = [
  'live',
  'lists',
  'rows',
  'big',
  'workers',
  'index',
  'hunt',
  'history',
  'objects',
] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

/** Where a section works, and in which form. */
export type Stage = {
  /** Corpora and lists, kept from run to run. */
  readonly cache: string;
  /** Gone after the run. */
  readonly scratch: string;
  readonly isQuick: boolean;
  readonly say: (text: string) => void;
};

/** Bytes of something that was made, and of the logs it was made from. */
export type Size = { readonly id: string; readonly name: string; readonly bytes: number; readonly ofBytes: number };

export type SectionPlan = {
  /** Over what, in a sentence. */
  readonly about: string;
  readonly rounds: number;
  readonly entries: readonly Entry[];
  readonly sizes?: readonly Size[];
};

export type Section = {
  readonly title: string;
  /** Whether the quick form has it. */
  readonly isInQuick?: true;
  readonly plan: (stage: Stage) => Promise<SectionPlan>;
};

/** The logs that a section's goals speak of; the quick form has half a day in place of all larger ones. */
export async function openLogs(stage: Stage, corpus: CorpusName, objects?: number): Promise<GeneratedSet> {
  return stage.isQuick ? openSet(stage.cache, 'quick', objects) : openSet(stage.cache, corpus, objects);
}

/** An entry over a generated set: it must find what the generator planted, or the oracle counted. */
export function toEntry(id: string, engine: Engine, { set, list, stage, ...more }: EntryOptions): Entry {
  const truth = engine.finds === 'nothing' ? undefined : set.truth(list);
  const expected = engine.counts === 'objects' ? truth?.objects : truth?.records;
  const listFile = writeList(cacheOfLists(stage.cache), list);
  const course: Course = {
    ...{ logs: set.logs, firstObject: set.firstObject, scratch: stage.scratch, list: listFile },
    ...(engine.takesCompiled ? { compiledList: compileList(listFile) } : {}),
    columns: HEADER.split(' '),
    // The corpus has the same addresses in pkt-srcaddr and pkt-dstaddr; looking there too would only slow the peers.
    addressColumns: ['srcaddr', 'dstaddr'],
    ...more.course,
  };
  return { id, engine, course, gzBytes: set.gzBytes, ...(expected === undefined ? {} : { expected }), ...more.entry };
}

export type EntryOptions = {
  readonly set: GeneratedSet;
  readonly list: ListName;
  readonly stage: Stage;
  readonly course?: Partial<Course>;
  readonly entry?: Partial<Entry>;
};

/** Store of nfdump for a set, kept beside the corpus it was made from. */
export function netflowFolder(set: GeneratedSet): string {
  return join(set.logs, '..', `netflow-${set.objects}`);
}

export function describe({ records, objects, gzBytes }: GeneratedSet): string {
  const count = (value: number): string => value.toLocaleString('en');
  return `${count(records)} records in ${count(objects)} object${objects === 1 ? '' : 's'}, ${count(Math.round(gzBytes / 1e6))} MB gz`;
}
