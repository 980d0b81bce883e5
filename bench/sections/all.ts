/** The sections in the order they run. */
import { BIG_OBJECT, ROWS, TINY_OBJECTS, WORKERS } from './growth.ts';
import { HISTORY, INDEX, RETRO_HUNT } from './hunt.ts';
import { LIVE, LONGER_LISTS } from './live.ts';
import type { Section, SectionName } from './section.ts';

export const SECTIONS: Readonly<Record<SectionName, Section>> = {
  live: LIVE,
  lists: LONGER_LISTS,
  rows: ROWS,
  big: BIG_OBJECT,
  workers: WORKERS,
  index: INDEX,
  hunt: RETRO_HUNT,
  history: HISTORY,
  objects: TINY_OBJECTS,
};
