import { describe, expect, it } from 'vitest';
import { type AsffFinding, toAsff } from '../../src/core/asff.ts';
import { isFresh, type Publication, toContent, toNextUpdate } from '../../src/core/publication.ts';
import {
  claimImport,
  claimNotice,
  settleImport,
  settleNotice,
  takeBackImport,
} from '../../src/core/publication-claim.ts';
import { makeFinding, SETTINGS } from './publishing-world.ts';

const UNSAID: Publication = { finding_id: 'fh-1', notifications: {} };
/** Minutes after noon. */
const at = (minutes: number) => new Date(Date.parse('2026-09-10T12:00:00Z') + minutes * 60_000).toISOString();
const document = (minutes: number): AsffFinding =>
  toAsff(makeFinding(5, 'HIGH', minutes), SETTINGS, at(minutes), at(0));
const imported = { outcome: 'imported' } as const;
const refused = { outcome: 'refused', reason: 'InvalidInput' } as const;

/** One was at it when another, whose document is newer, claimed. */
const overtaken = claimImport(claimImport(UNSAID, document(0), at(0)), document(20), at(20));

describe('an import', () => {
  it('is claimed, taken, and remembered', () => {
    const claimed = claimImport(UNSAID, document(0), at(0));
    expect(claimed).toEqual({
      ...{ ...UNSAID, created_at: at(0), updated_at: at(0) },
      importing: { claimed_at: at(0), document: document(0) },
    });
    const { importing, ...known } = claimed;
    expect(settleImport(claimed, document(0), imported, at(1))).toEqual({
      ...known,
      imported: { at: at(1), is_certain: true, document: document(0) },
    });
  });

  it('with unknown outcome may be claimed at once; what is then claimed leaves the doubt', () => {
    const unknown = settleImport(claimImport(UNSAID, document(0), at(0)), document(0), { outcome: 'unknown' }, at(1));
    expect(unknown.importing).toEqual({ claimed_at: null, document: document(0) });
    expect(claimImport(unknown, document(2), at(2)).imported).toEqual({
      ...{ at: at(2), is_certain: false, document: document(0) },
    });
  });

  it('refused is remembered with the reason until another is taken', () => {
    const failed = settleImport(claimImport(UNSAID, document(0), at(0)), document(0), refused, at(1));
    expect(failed).not.toHaveProperty('importing');
    expect(failed.failed).toEqual({ ...refused, at: at(1), content: toContent(document(0)), severity: 'HIGH' });
    const taken = settleImport(claimImport(failed, document(90), at(90)), document(90), imported, at(90));
    expect(taken).not.toHaveProperty('failed');
  });

  it.each([imported, refused, { outcome: 'unknown' } as const])(
    'that comes late (%o) leaves a later claim alone',
    (late) => {
      const settled = settleImport(overtaken, document(0), late, at(21));
      expect(settled.importing).toEqual(overtaken.importing);
      expect(settled).not.toHaveProperty('failed');
      expect(settled.imported).toMatchObject({ is_certain: late === imported, document: document(0) });
    },
  );

  it('that comes late does not hide what was taken since', () => {
    const taken = settleImport(overtaken, document(20), imported, at(21));
    expect(settleImport(taken, document(0), imported, at(22))).toEqual(taken);
    expect(settleImport(taken, document(0), refused, at(22))).toEqual(taken);
  });

  it('that was refused since does not hide what came late', () => {
    const settled = settleImport(settleImport(overtaken, document(20), refused, at(21)), document(0), imported, at(22));
    expect(settled.imported).toEqual({ at: at(22), is_certain: true, document: document(0) });
    expect(settled.failed).toMatchObject(refused);
  });
});

describe('a claim taken back', () => {
  const first = claimImport(UNSAID, document(0), at(0));

  it('leaves what was there before, and a time that is not given out again', () => {
    expect(takeBackImport(first, document(0), UNSAID)).toEqual({ ...UNSAID, created_at: at(0), updated_at: at(0) });
    const { updated_at, ...rest } = takeBackImport(overtaken, document(20), first);
    expect({ ...rest, updated_at: at(0) }).toEqual(first);
    expect(updated_at).toBe(at(20));
  });

  it('leaves the claim of somebody else', () => {
    expect(takeBackImport(overtaken, document(0), UNSAID)).toEqual(overtaken);
  });

  it('leaves it that another arrived meanwhile', () => {
    const arrived = settleImport(overtaken, document(0), imported, at(21));
    const back = takeBackImport(arrived, document(20), first);
    expect(back.imported).toEqual({ at: at(21), is_certain: true, document: document(0) });
    expect(back).not.toHaveProperty('importing');
  });
});

describe('a notice', () => {
  const claimed = claimNotice(UNSAID, 'HIGH', at(0));
  const first = claimed.notifications.HIGH!;

  it('keeps its id and kind however often it is claimed', () => {
    expect(first).toEqual({ id: 'fh-1:HIGH', kind: 'new', state: 'pending', at: at(0), attempts: 1 });
    expect(claimNotice(claimed, 'HIGH', at(20)).notifications.HIGH).toEqual({ ...first, at: at(20), attempts: 2 });
    const sent = settleNotice(claimed, 'HIGH', first, at(1));
    expect(sent.notifications.HIGH).toEqual({ ...first, state: 'sent', at: at(1) });
    expect(claimNotice(sent, 'CRITICAL', at(2)).notifications.CRITICAL).toMatchObject({ kind: 'escalated' });
  });

  it('that was not sent may be claimed at once, unless it is claimed already', () => {
    expect(settleNotice(claimed, 'HIGH', first, null).notifications.HIGH).toEqual({ ...first, at: null });
    const again = claimNotice(claimed, 'HIGH', at(20));
    expect(settleNotice(again, 'HIGH', first, null)).toEqual(again);
    expect(settleNotice(again, 'HIGH', first, at(21)).notifications.HIGH).toMatchObject({ state: 'sent', at: at(21) });
  });

  it('once sent stays sent', () => {
    const sent = settleNotice(claimed, 'HIGH', first, at(1));
    expect(settleNotice(sent, 'HIGH', first, null)).toEqual(sent);
    expect(settleNotice(sent, 'HIGH', first, at(2))).toEqual(sent);
  });
});

describe('times', () => {
  it.each([
    [at(0), at(14), true],
    [at(0), at(15), false],
    [at(0), at(-60), true],
    [null, at(0), false],
  ])('claimed at %s is at %s fresh: %s', (claimedAt, clock, expected) => {
    expect(isFresh(claimedAt, clock)).toBe(expected);
  });

  it('the next UpdatedAt is later than the last, and now if it can', () => {
    expect(toNextUpdate(undefined, at(0))).toBe(at(0));
    expect(toNextUpdate(at(0), at(1))).toBe(at(1));
    expect(toNextUpdate(at(1), at(0))).toBe(at(1).replace('.000Z', '.001Z'));
    expect(toNextUpdate(at(0), at(0))).toBe(at(0).replace('.000Z', '.001Z'));
  });

  it('content has no times of publishing in it', () => {
    const finding = makeFinding(5, 'HIGH');
    const content = toContent(toAsff(finding, SETTINGS, at(0)));
    expect(toContent(toAsff(finding, SETTINGS, at(9), at(1)))).toBe(content);
    expect(toContent(toAsff(makeFinding(5, 'HIGH', 1), SETTINGS, at(0)))).not.toBe(content);
  });
});
