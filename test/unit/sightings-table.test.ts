import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderSightings } from '../../src/cli/sightings-table.ts';
import { toWidth } from '../../src/cli/text-width.ts';
import { foldFindings } from '../../src/core/finding.ts';
import type { Tally } from '../../src/core/sighting.ts';
import { toSightings } from '../../src/core/sighting-document.ts';
import { makeTwoWayTally } from './tallies.ts';

const render = (columns: number, ...tallies: readonly Tally[]) =>
  renderSightings(toSightings(tallies, foldFindings(tallies)), columns);

it('columns where there is room, else lines of their own', () => {
  expect(render(80)).toBe('');
  expect(render(160, makeTwoWayTally()).split('\n')).toEqual([
    'INDICATOR    ACCOUNT       REGION     INTERFACE     LOCAL     OUT          IN          ACCEPTED  REJECTED  SEEN (UTC)',
    '203.0.113.7  111122223333  us-east-1  eni-0a1b2c3d  10.0.0.5  10 (8.4 kB)  9 (5.0 kB)  19        0         01 Sep 00:00 → 01:00',
    '',
  ]);
  expect(render(80, makeTwoWayTally()).split('\n')).toEqual([
    '203.0.113.7  111122223333  us-east-1  eni-0a1b2c3d  10.0.0.5',
    '  out 10 (8.4 kB)  in 9 (5.0 kB)  19 accepted  0 rejected  01 Sep 00:00 → 01:00',
    '',
  ]);
});

it('fits any terminal, whatever a log calls an interface', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 90 }),
    fc.constantFrom('漢字'.repeat(60), '\u001b[2J\u202e', 'x'),
  );
  fc.assert(
    fc.property(name, name, fc.integer({ min: 40, max: 200 }), (interfaceId, region, columns) => {
      const table = render(
        columns,
        makeTwoWayTally({ interfaceId, region, localIp: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff' }),
      );
      for (const line of table.split('\n')) expect(toWidth(line)).toBeLessThanOrEqual(columns);
      expect(table).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
    }),
  );
});
