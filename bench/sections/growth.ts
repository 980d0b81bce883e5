/** What more costs: more rows, one large object, a second core, many tiny objects. */
import { type GeneratedSet, openSet } from '../corpus/sets.ts';
import { kernel, SWEEP, SWEEP_ON_ONE_CORE } from '../engines/flowhound.ts';
import { NODE_GUNZIP } from '../engines/inflate.ts';
import { ZGREP } from '../engines/text.ts';
import type { Entry } from '../interleave.ts';
import { describe, openLogs, type Section, toEntry } from './section.ts';

export const ROWS: Section = {
  title: 'Rows × 1, × 10, × 100',
  isInQuick: true,
  plan: async (stage) => {
    const steps = stage.isQuick ? { 10: 1, 100: 12 } : { 1: 2, 10: 17, 100: 168 };
    const entries: Entry[] = [];
    const sets: GeneratedSet[] = [];
    for (const [step, objects] of Object.entries(steps)) {
      const set = await openLogs(stage, 'week', objects);
      sets.push(set);
      const add = (id: string, engine: typeof SWEEP): Entry =>
        toEntry(`${id}-${step}`, engine, {
          ...{ set, list: 'ip100', stage },
          entry: { at: set.records, name: `${engine.name}, ${set.records.toLocaleString('en')} rows` },
        });
      // Workers as sweep has, so that both can be compared by the clock too.
      entries.push(add('kernel', kernel({ workers: 2 })), add('sweep', SWEEP));
    }
    return { about: `100 indicators; ${sets.map(describe).join('; ')}.`, rounds: stage.isQuick ? 2 : 3, entries };
  },
};

export const BIG_OBJECT: Section = {
  title: 'One large object',
  plan: async (stage) => {
    const set = await openSet(stage.cache, 'big');
    const options = { set, list: 'ip100', stage } as const;
    const engines = { kernel: kernel(), sweep: SWEEP, 'node-gunzip': NODE_GUNZIP };
    const entries = Object.entries(engines).map(([id, engine]) => toEntry(id, engine, options));
    return { about: `100 indicators, ${describe(set)}.`, rounds: 3, entries };
  },
};

export const WORKERS: Section = {
  title: 'One worker and two',
  plan: async (stage) => {
    const set = await openLogs(stage, 'week');
    const options = { set, list: 'ip100', stage } as const;
    const entries = [
      toEntry('kernel-1', kernel(), options),
      toEntry('kernel-2', kernel({ workers: 2 }), options),
      toEntry('sweep-1', SWEEP_ON_ONE_CORE, options),
      toEntry('sweep-2', SWEEP, options),
    ];
    return { about: `100 indicators, ${describe(set)}.`, rounds: 4, entries };
  },
};

export const TINY_OBJECTS: Section = {
  title: 'Objects of 2 KB: 1,000, 10,000, 100,000',
  plan: async (stage) => {
    const entries: Entry[] = [];
    const sets: GeneratedSet[] = [];
    for (const objects of [1_000, 10_000, 100_000]) {
      const set = await openSet(stage.cache, 'tiny', objects);
      sets.push(set);
      const add = (id: string, engine: typeof SWEEP): Entry =>
        toEntry(`${id}-${objects}`, engine, {
          ...{ set, list: 'ip100', stage },
          entry: { at: objects, name: `${engine.name}, ${objects.toLocaleString('en')} objects` },
        });
      entries.push(add('kernel', kernel()), add('sweep', SWEEP));
      // It starts three processes an object: minutes for 100,000.
      if (objects <= 10_000) entries.push(add('zgrep', ZGREP));
    }
    return { about: `100 indicators; ${sets.map(describe).join('; ')}.`, rounds: 2, entries };
  },
};
