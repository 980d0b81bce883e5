import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderFindings } from '../../src/cli/findings-table.ts';
import { toPrintable, toPrintableJson } from '../../src/cli/printable.ts';
import { foldFindings } from '../../src/core/finding.ts';
import { toMatch } from '../../src/core/match.ts';
import { Tallies } from '../../src/core/sighting.ts';

it('control characters are shown, not obeyed', () => {
  expect(toPrintable('a\u001b[31mb\u0007\u009b2Jc\td\r\ne\u007f')).toBe('a?[31mb??2Jc?d??e?');
  expect(toPrintable('ünï → “ok” 漢')).toBe('ünï → “ok” 漢');
});

it('what is not seen is shown too: writing direction, joiners, tags, fillers, halves of characters', () => {
  expect(toPrintable('a\u202eb\u2066c\u200fd\u200be\u2028f\ufeffg\u3164h\u{e0041}i\ud800j\u2060')).toBe(
    'a?b?c?d?e?f?g?h?i?j?',
  );
  expect(toPrintable('❤\ufe0f עברית e\u0301 🇫🇷')).toBe('❤\ufe0f עברית e\u0301 🇫🇷');
});

it('in JSON they are spelled out, and parse to what they were', () => {
  expect(toPrintableJson('{\n  "a": "b\u009bc\u202ed"\n}')).toBe('{\n  "a": "b\\u009bc\\u202ed"\n}');
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('👨‍👩‍👧', '\u{e0041}', '\u2028'))),
      (texts) => {
        const shown = toPrintableJson(JSON.stringify(texts, null, 2));
        expect(JSON.parse(shown)).toEqual(texts);
        expect(toPrintable(shown.replaceAll('\n', ''))).toBe(shown.replaceAll('\n', ''));
      },
    ),
  );
});

it('a comment or an interface name cannot reach the terminal as a sequence', () => {
  const tallies = new Tallies();
  const evil = '\u001b]0;owned\u0007';
  tallies.add(
    toMatch({
      ...{ object: 'o', line_number: 2, direction: 'out', indicator: '203.0.113.7', comment: evil, source: 'list' },
      ...{ account_id: '111122223333', region: 'us-east-1', interface_id: evil, local_ip: '10.0.0.1', bytes: 5 },
    }),
  );
  const table = renderFindings(foldFindings(tallies.sorted()).findings, 140);
  expect(table).toContain('?]0;owned?');
  expect(table).not.toContain(evil);
});
