import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSafeName, toSafePath } from '../../src/report/bundle/names.ts';
import { runs } from './runs.ts';

const DELIVERED = '111122223333_vpcflowlogs_us-east-1_fl-0c96e2f4b81a7d053_20260901T0000Z_9c13e5d7.log.gz';
const odd = fc.constantFrom(
  ...[
    '..',
    '.',
    '',
    '/',
    '\\',
    'CON',
    'con.txt',
    'nul',
    'lpt1.log',
    'COM9',
    'a:b',
    'a*?"<>|',
    '~',
    '-rf',
    '.ssh',
    'x.',
    'x ',
  ],
  ...[
    DELIVERED,
    DELIVERED.toLowerCase(),
    DELIVERED.toUpperCase(),
    'récit',
    're\u0301cit',
    '\ud83d',
    '\u0000',
    '\u202e',
  ],
);
const names = fc.oneof(
  odd,
  fc.string({ unit: 'binary' }),
  fc.string({ maxLength: 400 }),
  fc.tuple(odd, odd).map((two) => two.join('')),
);

describe('toSafeName', () => {
  it('leaves what is delivered, and our own names', () => {
    for (const name of [
      DELIVERED,
      'result.json',
      'batch=12e2f446c411a4b0',
      '0.objects.json',
      'fh-4849ae187aaf8bd0.json',
    ])
      expect(toSafeName(name)).toBe(name);
  });

  it('makes a name for every system, however long or odd', () => {
    fc.assert(
      fc.property(names, (name) => {
        const safe = toSafeName(name);
        expect(safe).toMatch(/^[0-9A-Za-z_][0-9A-Za-z._=-]*$/);
        expect(safe.length).toBeLessThanOrEqual(120);
        expect(safe).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$/i);
        expect(posix.basename(safe)).toBe(safe);
        expect(win32.basename(safe)).toBe(safe);
      }),
      runs(2000),
    );
  });

  it('makes no two names one, where case says nothing either', () => {
    fc.assert(
      fc.property(names, names, (one, other) => {
        fc.pre(one !== other);
        expect(toSafeName(one).toLowerCase()).not.toBe(toSafeName(other).toLowerCase());
        // A name that somebody chose to be what another becomes.
        expect(toSafeName(toSafeName(one)) === toSafeName(one)).toBe(toSafeName(one) === one);
      }),
      runs(2000),
    );
  });

  it('stays below the folder', () => {
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 5 }), (parts) => {
        const path = toSafePath(parts.join('/'));
        expect(posix.join('below', path)).toBe(`below/${path}`);
        expect(path.split('/')).not.toContain('..');
      }),
      runs(1000),
    );
  });
});
