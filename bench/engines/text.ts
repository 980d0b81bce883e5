/** Who works on lines of text: what is at hand in a shell. */
import { countLines, type Engine, needTools, overObjects } from './engine.ts';

const SHELL = ['bash', 'find', 'xargs'];

/** grep tells by status 1 that it found nothing, which xargs makes 123; that is no failure, a signal (124 and up) is one. */
export const ZGREP: Engine = {
  name: 'zgrep -F -f',
  finds: 'text',
  absence: needTools(...SHELL, 'zgrep'),
  prepare: ({ logs, list }) =>
    overObjects(logs, 'objects | xargs -0 zgrep -h -F -f "$1"; status=$?; [ $status -eq 123 ] || exit $status', list),
  countHits: countLines,
};

export const RIPGREP: Engine = {
  name: 'rg -z -F -f',
  finds: 'text',
  absence: needTools('rg', 'gzip'),
  prepare: ({ logs, list }) => ({
    file: 'bash',
    args: [
      '-c',
      'rg -z -F -I -N -j 1 --no-config --no-ignore -f "$2" "$1"; status=$?; [ $status -eq 1 ] || exit $status',
      ...['bench', logs, list],
    ],
  }),
  countHits: countLines,
};

/** Exact: whole columns are looked up in a hash of the list. */
export const MAWK: Engine = {
  name: 'mawk after zcat, hash',
  finds: 'addresses',
  absence: needTools(...SHELL, 'zcat', 'mawk'),
  prepare: ({ logs, list, columns, addressColumns }) => {
    const test = addressColumns.map((name) => `($${columns.indexOf(name) + 1} in listed)`).join(' || ');
    const program = `BEGIN { while ((getline line < list) > 0) listed[line] } ${test} { hits++ } END { print hits + 0 }`;
    return overObjects(logs, 'objects | xargs -0 zcat | mawk -v list="$1" "$2"', list, program);
  },
  countHits: Number,
};
