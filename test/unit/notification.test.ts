import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import { foldFindings } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { emptyVotes } from '../../src/core/initiator.ts';
import { type NotificationMessage, toNotification } from '../../src/core/notification.ts';
import type { Tally } from '../../src/core/sighting.ts';
import { problemsOf } from './sns-rules.ts';
import { makeTally, makeTwoWayTally } from './tallies.ts';

const NOTICE = { id: 'fh-1:HIGH', kind: 'new' } as const;

type Body = {
  text: string[];
  next_steps: string[];
  notification_id: string;
  kind: string;
  finding: Finding;
  left_off?: object;
  whole?: string;
};

function find(more: Partial<Tally> = {}): Finding {
  return foldFindings([makeTwoWayTally(more)]).findings[0]!;
}

/** Knocking at so many hosts, all in vain. */
function toScans(hosts: number): Finding {
  const blocked = { recordsIn: 5, rejectedIn: 5, votes: { ...emptyVotes(), synIndicator: 5 } };
  const tallies = Array.from({ length: hosts }, (_, at) => makeTally({ ...blocked, localIp: `10.0.0.${at + 1}` }));
  return { ...foldFindings(tallies).findings[0]!, day: '2026-09-01' };
}

const read = ({ body }: NotificationMessage) => fromJson<Body>(body);

describe('toNotification', () => {
  const host = { instanceIds: ['i-0a1b'], subnetIds: ['subnet-0a'], vpcIds: ['vpc-0a'] };

  it('tells people first what happened to whom', () => {
    const message = toNotification(find(host), NOTICE);
    expect(message.subject).toBe('[HIGH] 10.0.0.5 -> 203.0.113.7 (C2)');
    expect(read(message).text).toEqual([
      'HIGH: 10.0.0.5 reached out to 203.0.113.7 (C2).',
      'It is HIGH: the host opened it, data went both ways (opened-two-way).',
      'What: opened by the host · 19 records · out 8.4 kB in 5.0 kB · tcp/443',
      'When: 01 Sep 00:00 → 01:00 UTC, for 1 h',
      'Where: i-0a1b, eni-0a1b2c3d, subnet-0a, vpc-0a, account 111122223333, us-east-1',
      'Technique: T1071 Application Layer Protocol',
      'Next: Isolate the host (quarantine security group), then take memory and disk images.',
      `Finding: ${find().finding_id}, by the list iocs.csv`,
    ]);
    expect(message.body.startsWith('{\n  "text": [\n    "HIGH: 10.0.0.5 reached out to ')).toBe(true);
  });

  it('holds the whole finding for machines, counts exact', () => {
    const finding = find({ bytesOut: 2n ** 60n + 1n });
    const body = read(toNotification(finding, NOTICE));
    expect(toJson(body.finding)).toBe(toJson(finding));
    expect(body).toMatchObject({ notification_id: NOTICE.id, kind: 'new' });
    expect(body).not.toHaveProperty('left_off');
    expect(body.next_steps.slice(1)).toContain('npx flowhound hunt --ip 203.0.113.7 --from 2026-09-01');
  });

  it('has attributes to filter by', () => {
    expect(toNotification(find(), NOTICE).attributes).toEqual({
      ...{ severity: 'HIGH', kind: 'new', direction: 'outbound', account: '111122223333', region: 'us-east-1' },
      ...{ indicator: '203.0.113.7', finding_id: find().finding_id, notification_id: 'fh-1:HIGH' },
    });
    const inbound = find({ votes: { ...emptyVotes(), synIndicator: 9 } });
    expect(toNotification(inbound, NOTICE).attributes.direction).toBe('inbound');
    expect(toNotification(find({ votes: emptyVotes() }), NOTICE).attributes.direction).toBe('unknown');
  });

  it('an arrow from whoever opened it', () => {
    const inbound = find({ votes: { ...emptyVotes(), synIndicator: 9 }, comment: '' });
    expect(toNotification(inbound, NOTICE).subject).toBe('[HIGH] 10.0.0.5 <- 203.0.113.7');
  });

  it.each<[string, Finding, string]>([
    [
      'came in',
      find({ votes: { ...emptyVotes(), synIndicator: 9 } }),
      'HIGH: 203.0.113.7 (C2) came to 10.0.0.5 from outside.',
    ],
    [
      'nobody knows who began',
      find({ votes: emptyVotes() }),
      'HIGH: 10.0.0.5 and 203.0.113.7 (C2) talked; who began is unknown.',
    ],
    ['scans', toScans(3), 'INFORMATIONAL: 203.0.113.7 (C2) tried 3 hosts on 2026-09-01, and nothing got in.'],
    ['scans of one', toScans(1), 'INFORMATIONAL: 203.0.113.7 (C2) tried 10.0.0.1 on 2026-09-01, and nothing got in.'],
  ])('begins with who reached whom: %s', (_what, finding, sentence) => {
    expect(toNotification(finding, NOTICE).body).toContain(JSON.stringify(sentence));
  });

  it('of many hosts counts them', () => {
    expect(toNotification(toScans(3), NOTICE).subject).toBe('[INFORMATIONAL] 3 hosts <- 203.0.113.7 (C2)');
  });

  it('says that a finding got worse', () => {
    const message = toNotification(find(), { ...NOTICE, kind: 'escalated' });
    expect(read(message).text[0]).toBe('HIGH, graver than before: 10.0.0.5 reached out to 203.0.113.7 (C2).');
    expect(message.attributes.kind).toBe('escalated');
  });
});

describe('what a list or a log may hold', () => {
  const addresses = (count: number) =>
    Array.from({ length: count }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);

  it('a subject is ASCII on one line', () => {
    const subject = (comment: string) => toNotification(find({ comment }), NOTICE).subject;
    expect(subject('Größe\r\nBcc: x')).toBe('[HIGH] 10.0.0.5 -> 203.0.113.7 (Gro?e Bcc: x)');
    expect(subject('x'.repeat(500))).toMatch(/^\[HIGH\] 10\.0\.0\.5 -> 203\.0\.113\.7 \(x+\.\.\.$/);
    expect(subject('x'.repeat(500))).toHaveLength(99);
  });

  it('more addresses than a message holds: as many as fit, the first ones', () => {
    const whole = find({ indicator: '10.0.0.0/8', indicatorIps: addresses(60_000) });
    const message = toNotification(whole, NOTICE);
    const { finding, left_off, whole: place } = read(message);
    expect(problemsOf(message)).toEqual([]);
    expect(Buffer.byteLength(message.body)).toBeGreaterThan(100_000);
    expect(finding.indicator_ip).toEqual(whole.indicator_ip.slice(0, finding.indicator_ip.length));
    expect(left_off).toEqual({ indicator_ip: 60_000 - finding.indicator_ip.length });
    expect(place).toBe(`findings/${finding.finding_id}.json`);
    expect(finding.bytes_out).toBe(8400);
  });

  it('more hours than anybody reads in a mail are left to the finding', () => {
    const hour = { hour: '2026-09-01T00:00:00Z', records: 1, bytes_out: 1n, bytes_in: 1n };
    const busy = (hours: number) => ({ ...find(), hourly: Array.from({ length: hours }, () => hour) });
    expect(read(toNotification(busy(48), NOTICE)).finding.hourly).toHaveLength(48);
    const message = toNotification(busy(744), NOTICE);
    expect(read(message)).toMatchObject({ finding: { hourly: [] }, left_off: { hourly: 744 } });
    expect(Buffer.byteLength(message.body)).toBeLessThan(5000);
  });

  it('a comment as long as a message', () => {
    const message = toNotification(find({ comment: '😈'.repeat(100_000) }), NOTICE);
    expect(problemsOf(message)).toEqual([]);
    expect(read(message).finding.comment).toMatch(/^(😈){511}…$/u);
    expect(read(message).left_off).toEqual({});
  });

  it('any text, anywhere, and lists of any length', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('', '-', '\u0000\u001b[31m', 'two\r\nlines', '\uffff', '\ufffe'),
      fc
        .constantFrom('€', '😈', '\u0001', '\ud83d')
        .chain((unit) => fc.nat(90_000).map((length) => unit.repeat(length))),
    );
    const tally = fc.record({
      ...{ comment: text, source: text, interfaceId: text, region: text, alsoIn: fc.array(text, { maxLength: 5 }) },
      ...{ instanceIds: fc.array(text, { maxLength: 2 }), indicatorIps: fc.nat(20_000).map(addresses) },
    });
    fc.assert(
      fc.property(tally, (more) => {
        const message = toNotification(find({ ...more, indicatorIps: ['10.0.0.0', ...more.indicatorIps] }), NOTICE);
        expect(problemsOf(message)).toEqual([]);
        expect(read(message).text).toHaveLength(8);
      }),
      { numRuns: 60 },
    );
  });
});
