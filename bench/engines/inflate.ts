/** Who only inflates: the limit that a scanner of compressed logs works under. */
import { join } from 'node:path';
import { type Engine, needTools, overObjects, PROGRAMS } from './engine.ts';

/** ISA-L's: the fastest that is packaged, with hand-written assembly for this machine's instructions. */
export const IGZIP = inflater('igzip -d', 'igzip', 'igzip -dc');
export const LIBDEFLATE = inflater('libdeflate-gunzip', 'libdeflate-gunzip', 'libdeflate-gunzip -c');
export const GZIP = inflater('gzip -d', 'gzip', 'gzip -dc');

/** What a Node program gets without doing anything: every byte inflated by zlib and dropped. */
export const NODE_GUNZIP: Engine = {
  name: 'Node createGunzip to nothing',
  finds: 'nothing',
  absence: () => undefined,
  prepare: ({ logs }) => ({ file: process.execPath, args: [join(PROGRAMS, 'gunzip.ts'), logs] }),
};

function inflater(name: string, tool: string, command: string): Engine {
  return {
    name,
    finds: 'nothing',
    absence: needTools('bash', 'find', 'xargs', tool),
    prepare: ({ logs }) => overObjects(logs, `objects | xargs -0 ${command} > /dev/null`),
  };
}
