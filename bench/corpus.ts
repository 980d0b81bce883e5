/**
 * Makes the bench's logs by hand: three accounts, two regions, objects of about 4.6 MB gz.
 *
 *     node bench/corpus.ts <folder> --objects 24 [--rows 143000] [--per-day 4] [--seed 1] [--lists]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateCorpus } from './corpus/generate.ts';
import { LISTS, type ListName, writeList } from './corpus/lists.ts';

const whole = (fallback: string) => ({ type: 'string', default: fallback }) as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    objects: whole('24'),
    rows: whole('143000'),
    'per-day': whole('4'),
    seed: whole('1'),
    lists: { type: 'boolean' },
  },
});
const [folder] = positionals;
const shape = {
  objects: Number(values.objects),
  rowsPerObject: Number(values.rows),
  objectsPerDay: Number(values['per-day']),
  seed: Number(values.seed),
};
if (folder === undefined || Object.values(shape).some((number) => !(Number.isInteger(number) && number > 0))) {
  console.error('Usage: node bench/corpus.ts <folder> --objects N [--rows N] [--per-day N] [--seed N] [--lists]');
  process.exit(2);
}
const facts = await generateCorpus(folder, shape);
if (values.lists) for (const name of Object.keys(LISTS) as ListName[]) writeList(join(folder, 'lists'), name);
console.log(JSON.stringify(facts));
