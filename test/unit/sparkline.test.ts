import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canDrawBlocks, drawActivity } from '../../src/cli/sparkline.ts';

const hour = (at: number, records: number) => ({ at: new Date(at * 3_600_000).toISOString(), records });

describe('drawActivity', () => {
  it.each<[string, [number, number][], string]>([
    [
      'the highest hour fills its block',
      [
        [0, 8],
        [1, 4],
        [2, 1],
      ],
      '█▄▁',
    ],
    [
      'an hour with nothing has a dot',
      [
        [0, 1],
        [3, 1],
      ],
      '█··█',
    ],
    [
      'a little is not nothing',
      [
        [0, 1_000_000],
        [1, 1],
      ],
      '█▁',
    ],
    ['one hour has no course', [[7, 100]], ''],
    ['no hour has none either', [], ''],
  ])('%s', (_name, hours, expected) => {
    expect(
      drawActivity(
        hours.map(([at, records]) => hour(at, records)),
        3600,
        24,
      ),
    ).toBe(expected);
  });

  it('many hours share blocks: a month in as many as there are', () => {
    expect(drawActivity([hour(0, 5), hour(743, 5)], 3600, 24)).toBe(`█${'·'.repeat(22)}█`);
    expect(
      drawActivity(
        Array.from({ length: 48 }, (_, i) => hour(i, i < 24 ? 1 : 2)),
        3600,
        24,
      ),
    ).toBe('▄'.repeat(12) + '█'.repeat(12));
  });

  it('never takes more cells than it has, and shows a highest block', () => {
    const hours = fc.uniqueArray(fc.nat(2000), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(hours, fc.integer({ min: 2, max: 30 }), (all, cells) => {
        const drawn = drawActivity(
          all.map((at) => hour(at, 1 + (at % 7))),
          3600,
          cells,
        );
        expect(drawn).toMatch(new RegExp(`^[▁▂▃▄▅▆▇█·]{2,${cells}}$`));
        expect(drawn).toContain('█');
        expect(drawn).not.toMatch(/^·|·$/);
      }),
    );
  });
});

describe('canDrawBlocks', () => {
  it.each<[NodeJS.ProcessEnv, boolean]>([
    [{}, true],
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'C.utf8', TERM: 'xterm-256color' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'de_DE.ISO-8859-1' }, false],
    [{ LC_CTYPE: 'POSIX' }, false],
    [{ LANG: 'en_US.UTF-8', TERM: 'dumb' }, false],
    [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, false],
  ])('%j: %s', (env, can) => expect(canDrawBlocks(env)).toBe(can));
});
