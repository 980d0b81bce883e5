import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DueNotice, planMessages, toDigestEntry, toDigestMessage } from '../../src/core/digest.ts';
import { fromJson } from '../../src/core/exact-json.ts';
import { foldFindings } from '../../src/core/finding.ts';
import type { Severity } from '../../src/core/severity.ts';
import type { Tally } from '../../src/core/sighting.ts';
import { makeFinding } from './publishing-world.ts';
import { problemsOf } from './sns-rules.ts';
import { makeTwoWayTally } from './tallies.ts';

type Body = { text: string[]; count: number; findings: { notification_id: string }[]; left_off?: object };

function toDue(finding = makeFinding(1, 'HIGH'), way: DueNotice['way'] = 'single', kind: 'new' | 'escalated' = 'new') {
  const { severity } = finding;
  const notice = { id: `${finding.finding_id}:${severity}`, kind, state: 'pending', at: null, attempts: 1 } as const;
  return { notice, severity, way, entry: toDigestEntry(finding, notice) };
}

const many = (count: number, severity: Severity, from = 0) =>
  Array.from({ length: count }, (_, at) => toDue(makeFinding(from + at, severity)));
const digestOf = (notices: readonly DueNotice[]) =>
  toDigestMessage(planMessages(notices, { topics: {}, digestAbove: 0 }).digests[0]!);
const read = ({ body }: { body: string }) => fromJson<Body>(body);

describe('planMessages', () => {
  it('gathers what waited, and leaves the rest alone', () => {
    const waited = [toDue(makeFinding(1, 'MEDIUM'), 'digest'), toDue(makeFinding(2, 'HIGH'), 'digest')];
    const urgent = toDue(makeFinding(3, 'CRITICAL'));
    const { singles, digests } = planMessages([...waited, urgent], { topics: {}, digestAbove: 5 });
    expect(singles).toEqual([urgent]);
    expect(digests).toEqual([{ topic: undefined, notices: [waited[1], waited[0]] }]);
  });

  it('gathers all of a run that has too many, the severest too', () => {
    const due = [...many(5, 'HIGH'), ...many(1, 'CRITICAL', 50)];
    expect(planMessages(due, { topics: {}, digestAbove: 6 })).toMatchObject({ digests: [] });
    const { singles, digests } = planMessages(due, { topics: {}, digestAbove: 5 });
    expect(singles).toEqual([]);
    expect(digests.map(({ notices }) => notices.length)).toEqual([6]);
    expect(digests[0]!.notices[0]!.severity).toBe('CRITICAL');
  });

  it('one that waited alone goes by itself', () => {
    const alone = toDue(makeFinding(1, 'HIGH'), 'digest');
    expect(planMessages([alone], { topics: {}, digestAbove: 5 })).toEqual({ singles: [alone], digests: [] });
  });

  it('topics do not mix', () => {
    const due = [...many(3, 'HIGH'), ...many(3, 'CRITICAL', 50)];
    const { digests } = planMessages(due, { topics: { CRITICAL: 'pager' }, digestAbove: 2 });
    expect(digests.map(({ topic, notices }) => [topic, notices.length])).toEqual([
      [undefined, 3],
      ['pager', 3],
    ]);
  });

  it('nothing is lost and nothing comes twice, whatever is due', () => {
    const due = fc.array(
      fc.record({
        host: fc.nat(200),
        severity: fc.constantFrom<Severity[]>('MEDIUM', 'HIGH', 'CRITICAL'),
        way: fc.constantFrom<DueNotice['way'][]>('single', 'digest'),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(due, fc.nat(20), (all, digestAbove) => {
        const notices = all.map(({ host, severity, way }) => toDue(makeFinding(host, severity), way));
        const { singles, digests } = planMessages(notices, { topics: { CRITICAL: 'pager' }, digestAbove });
        const said = [...singles, ...digests.flatMap((digest) => digest.notices)];
        expect(new Set(said)).toEqual(new Set(notices));
        expect(said).toHaveLength(notices.length);
        for (const digest of digests) expect(digest.notices.length).toBeGreaterThan(1);
      }),
    );
  });
});

describe('toDigestMessage', () => {
  it('says how many, since when, and the severest first', () => {
    const escalated = toDue(makeFinding(7, 'CRITICAL'), 'single', 'escalated');
    const message = digestOf([...many(2, 'MEDIUM'), escalated]);
    expect(message.subject).toBe('[CRITICAL] 3 findings: 1 CRITICAL, 2 MEDIUM');
    const { text } = read(message);
    expect(text.slice(0, 3)).toEqual([
      '3 findings: 1 CRITICAL, 2 MEDIUM.',
      'Their traffic was seen 01 Sep 00:00 → 01:00 UTC.',
      'CRITICAL, graver: 10.0.0.7 -> 203.0.113.7, out 30.0 MB in 5.0 kB (C2)',
    ]);
    // What was blocked moved nothing, whatever its records count.
    expect(text[3]).toBe('MEDIUM: 10.0.0.0 -> 203.0.113.7, 3 records, all rejected (C2)');
    expect(text).toHaveLength(5);
  });

  it('has the same id for the same notices, in any order, and another for others', () => {
    const notices = many(4, 'HIGH');
    expect(digestOf(notices.toReversed())).toEqual(digestOf(notices));
    expect(digestOf(notices.slice(1)).id).not.toBe(digestOf(notices).id);
  });

  it('is bounded, and says how much it left off', () => {
    const message = digestOf(many(250, 'HIGH'));
    const { text, count, findings, left_off } = read(message);
    expect(text).toHaveLength(15);
    expect(text.at(-1)).toBe('and 238 more');
    expect(count).toBe(250);
    expect(findings).toHaveLength(100);
    expect(left_off).toEqual({ findings: 150 });
    expect(Buffer.byteLength(message.body)).toBeLessThan(100_000);
  });

  it('has lists of values to filter by', () => {
    const elsewhere = foldFindings([makeTwoWayTally({ accountId: '444455556666', localIp: '10.9.9.9' })]).findings[0]!;
    const { attributes, id } = digestOf([...many(2, 'MEDIUM'), toDue(elsewhere)]);
    expect(attributes).toEqual({
      ...{ severity: ['HIGH', 'MEDIUM'], direction: ['outbound'], account: ['111122223333', '444455556666'] },
      ...{ region: ['us-east-1'], indicator: ['203.0.113.7'], kind: 'digest', notification_id: id },
    });
  });

  it('texts as long as they get, all of them different, still fit', () => {
    const due = Array.from({ length: 400 }, (_, at) => {
      const text = `${at}${'€'.repeat(5000)}`;
      const tally = makeTwoWayTally({
        comment: text,
        region: text,
        accountId: text,
        localIp: `10.0.${at >> 8}.${at & 255}`,
      });
      return toDue(foldFindings([tally]).findings[0]!);
    });
    const message = digestOf(due);
    expect(problemsOf(message)).toEqual([]);
    const { findings, left_off } = read(message);
    expect(findings.length).toBeGreaterThan(20);
    expect(left_off).toEqual({ findings: 400 - findings.length });
    expect(Object.keys(message.attributes)).not.toContain('region');
  });

  it('any text, anywhere, and many of them: SNS takes it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('\u0000\u001b[31m', 'two\r\nlines', '\uffff', '\ufffe', '😈'.repeat(9000), '\ud83d', '"]'),
    );
    const tally = fc.record({ comment: text, region: text, accountId: text, source: text });
    fc.assert(
      fc.property(fc.array(tally, { minLength: 2, maxLength: 400 }), (all) => {
        const due = all.map((more: Partial<Tally>, at) =>
          toDue(foldFindings([makeTwoWayTally({ ...more, localIp: `10.0.${at >> 8}.${at & 255}` })]).findings[0]!),
        );
        const message = digestOf(due);
        expect(problemsOf(message)).toEqual([]);
        expect(message.body.isWellFormed()).toBe(true);
        expect(read(message).text.length).toBeLessThanOrEqual(15);
      }),
      { numRuns: 60 },
    );
  });
});
