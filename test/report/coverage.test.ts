import { describe, expect, it } from 'vitest';
import type { StoredLogObject } from '../../src/core/batch.ts';
import { toCoverage } from '../../src/report/coverage.ts';

function toObject(flowLogId: string, time: string): StoredLogObject {
  const identity = `111122223333_vpcflowlogs_us-east-1_${flowLogId}_${time}_0123abcd.log.gz`;
  const place = {
    accountId: '111122223333',
    region: 'us-east-1',
    date: `${time.slice(0, 4)}-${time.slice(4, 6)}-${time.slice(6, 8)}`,
  };
  return { ...place, identity, key: identity, flowLogId, sizeBytes: 10, etag: 'e', modified: 0 };
}

const tenMinutes = (hour: string) => ['00', '10', '20', '30', '40', '50'].map((minute) => `20260901T${hour}${minute}Z`);

describe('silences', () => {
  it('are where a flow log delivered nothing for twice its usual time, and not where another one did', () => {
    const steady = ['00', '01', '02', '03'].flatMap(tenMinutes).map((time) => toObject('fl-0aaa', time));
    const broken = ['00', '03'].flatMap(tenMinutes).map((time) => toObject('fl-0bbb', time));
    const { silences } = toCoverage([], [...broken.reverse(), ...steady]);
    expect(silences).toEqual([
      {
        ...{ accountId: '111122223333', region: 'us-east-1', flowLogId: 'fl-0bbb' },
        ...{ from: new Date('2026-09-01T01:00:00Z'), to: new Date('2026-09-01T03:00:00Z') },
      },
    ]);
  });

  it('are not claimed of rare deliveries, of one object, or of names without a time', () => {
    const rare = ['20260901T0000Z', '20260902T0000Z', '20260903T0000Z', '20260904T0005Z'].map((time) =>
      toObject('fl-0ccc', time),
    );
    const nameless = { ...toObject('fl-0ddd', '20260901T0000Z'), identity: 'export.log.gz' };
    expect(toCoverage([], [...rare, nameless]).silences).toEqual([]);
  });
});

describe('places', () => {
  it('add up objects and days by account and region', () => {
    const objects = ['20260903T0000Z', '20260901T0000Z'].map((time) => toObject('fl-0aaa', time));
    const [place, ...others] = toCoverage([], objects).places;
    expect(place).toMatchObject({ objects: 2, bytes: 20, firstDay: '2026-09-01', lastDay: '2026-09-03' });
    expect(others).toEqual([]);
  });
});
