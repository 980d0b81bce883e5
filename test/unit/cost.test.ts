/** What `flowhound cost` reckons, beside the same reckoned by hand. The calls behind it are counted in test/cloud/cost.test.ts. */
import { describe, expect, it } from 'vitest';
import { addCalls, batchCalls, NOTHING, sumFunctionCalls } from '../../src/core/aws-calls.ts';
import { type CostOptions, toCost } from '../../src/core/cost.ts';
import { toAssumptions } from '../../src/core/cost-assumptions.ts';
import { DAYS, toMonthWork, type Workload } from '../../src/core/month-work.ts';
import { PRICES, type PriceName, toBilledBytes, toUsd } from '../../src/core/prices.ts';

const TEN_GB: Workload = {
  ...{ gbPerDay: 10, accounts: 5, regions: 1, findingsPerDay: 10, retainDays: 400, scan: 'kernel' },
};
const NO_LOGS: Workload = { ...TEN_GB, gbPerDay: 0 };

const lineOf = (workload: Workload, name: PriceName, options = {}) =>
  toCost(workload, options).lines.find((line) => line.name === name)!;
const workOf = (workload: Workload, assumed = {}) => toMonthWork(workload, toAssumptions(assumed));

describe('prices', () => {
  it('are for so many units', () => {
    // 0.005 USD per 1,000
    expect(toUsd(3_000_000, PRICES.s3Put)).toBeCloseTo(15, 10);
    expect(toUsd(2, PRICES.alarm)).toBeCloseTo(0.2, 10);
  });

  it('of Athena begin at 10 MB a query, by powers of 1024', () => {
    expect(toBilledBytes(3, 0)).toBe(3 * 10 * 1024 * 1024);
    expect(toBilledBytes(3, 1e9)).toBe(1e9);
  });

  it('stand beside the page they are from, in units that a bill has', () => {
    for (const { usd, per, page } of Object.values(PRICES)) {
      expect(usd).toBeGreaterThan(0);
      expect(Math.log10(per) % 1).toBe(0);
      expect(page).toMatch(/ Pricing$/);
    }
  });
});

describe('a month', () => {
  it('without logs is the key, metrics, alarms, schedules, and a queue that is asked in vain', () => {
    const { usd, parts, per1000Gb, byHand } = toCost(NO_LOGS);
    // 15 polls a minute: 657,000 at 0.40 a million.
    expect(lineOf(NO_LOGS, 'sqsRequest').count).toBeCloseTo(15 * 60 * 24 * DAYS, 6);
    // 25 sweeps list AWSLogs/, formats/ and retro-hunts/, and the manifests of 24 × 1.125 + 3 days; 24 flushes list outbox/.
    expect(lineOf(NO_LOGS, 's3Put').count).toBeCloseTo((25 * 3 + 30 + 24) * DAYS, 6);
    // 25 sweeps look at the views and twice at the lists in force; 12 new environments at a version.
    expect(lineOf(NO_LOGS, 's3Get').count).toBeCloseTo((25 * 3 + 12) * DAYS, 6);
    // Sweeps of 1769 MB and flushes of 1024 MB: 0.3 s each, and 5 ms for each of 75 + 105 and 24 requests.
    const seconds = { sweep: 25 * 0.3 + 180 * 0.005, flush: 24 * 0.3 + 24 * 0.005 };
    const computed = DAYS * ((seconds.sweep * 1769) / 1024 + seconds.flush);
    expect(lineOf(NO_LOGS, 'lambdaCompute').count).toBeCloseTo(computed, 6);
    const known = 1 + 11 * 0.3 + 13 * 0.1 + 0.2628;
    expect(usd).toBeGreaterThan(known);
    expect(usd).toBeLessThan(known + 0.15);
    expect(parts).toEqual({ fixed: usd, logs: 0, findings: 0 });
    expect(per1000Gb).toBeUndefined();
    expect(byHand).toEqual({ daily: { terabytes: 0, usd: 0 }, lookBack: { terabytes: 0, usd: 0 } });
  });

  it('has a log object for each account and region every five minutes, or more where they would be too large', () => {
    expect(workOf(TEN_GB).batch.objects / DAYS).toBeCloseTo(5 * 288, 6);
    expect(workOf({ ...TEN_GB, regions: 3 }).batch.objects / DAYS).toBeCloseTo(15 * 288, 6);
    // 108 GB of one flow log: 1,440 objects of 75 MB.
    expect(workOf({ ...TEN_GB, gbPerDay: 108, accounts: 1 }).batch.objects / DAYS).toBeCloseTo(1440, 6);
    expect(workOf({ ...TEN_GB, objectsPerDay: 100 }).batch.objects / DAYS).toBeCloseTo(100, 6);
  });

  it('has a batch for each minute and poller at most, and for each object at most', () => {
    // 1,440 objects: each of two pollers gathers for 60 s and then waits 120 s for the next one. 2 × 86,400 / 180.
    expect(workOf(TEN_GB).batch.batches / DAYS).toBeCloseTo(960, 6);
    expect(workOf({ ...TEN_GB, objectsPerDay: 1 }).batch.batches / DAYS).toBeCloseTo(1, 2);
    expect(workOf({ ...TEN_GB, objectsPerDay: 1e8 }).batch.batches / DAYS).toBeCloseTo(2880, 0);
    expect(workOf(TEN_GB, { batchSeconds: 300 }).batch.batches / DAYS).toBeCloseTo(411.4, 1);
  });

  it('has transitions of executions, chunks, matches and looks', () => {
    // 960 executions of one chunk: 8. 24 executions for each of 10 findings: 9 more. Four looks at each finding: 3 more.
    const perDay = 960 * 8 + 240 * 9 + 40 * 3;
    expect(lineOf(TEN_GB, 'transition').count).toBeCloseTo(perDay * DAYS, 4);
    expect(lineOf(TEN_GB, 'transition').usd).toBeCloseTo(perDay * DAYS * 0.000025, 6);
  });

  it('scans at the speed that is assumed, and more logs need more of it', () => {
    const tenTimes = { ...TEN_GB, gbPerDay: 100, objectsPerDay: 1440 };
    const more = lineOf(tenTimes, 'lambdaCompute').count - lineOf(TEN_GB, 'lambdaCompute').count;
    // 90 GB a day at 40 MB/s in 1769 MB; 3.1 % of that goes through the index.
    expect(more).toBeCloseTo(((90_000 / 40) * 1.031 * DAYS * 1769) / 1024, 0);
    const faster = lineOf(tenTimes, 'lambdaCompute', { assumptions: { scanSpeed: 80 } });
    expect(faster.count).toBeLessThan(lineOf(tenTimes, 'lambdaCompute').count);
  });

  it('keeps the index for as long as is asked, and its parts for the 30 days of replaced versions', () => {
    const stored = (retainDays: number) => lineOf({ ...TEN_GB, findingsPerDay: 0, retainDays }, 's3Storage').count;
    // State of 960 executions of a chunk, 1,440 objects; 1.5 % of 10 GB.
    const perDay = 960 * (1200 + 400) + 1440 * 800 + 0.015 * 10e9;
    expect(stored(100) - stored(0)).toBeCloseTo((100 * perDay) / 2 ** 30, 6);
    expect(stored(0)).toBeCloseTo((30 * 0.016 * 10e9) / 2 ** 30, 6);
  });

  it('by Athena reads everything once, and what matched twice; nothing less than 10 MB', () => {
    const read = (workload: Workload) => lineOf({ ...workload, scan: 'athena' }, 'athenaRead').count * 2 ** 40;
    const large = { ...TEN_GB, gbPerDay: 1000, findingsPerDay: 0, objectsPerDay: 1440 };
    expect(read(large) / (1000e9 * DAYS)).toBeCloseTo(1, 10);
    // 10 findings are seen in 240 of 960 executions: a quarter again. Data ratios spend their 10 GB a day.
    expect(read({ ...large, findingsPerDay: 10 }) / (1250e9 * DAYS + 10e9 * DAYS)).toBeCloseTo(1, 10);
    // 960 batches of 10 MB each are billed at least: 10.07 GB for the 10 that came in.
    expect(read({ ...TEN_GB, findingsPerDay: 0 }) / (960 * 10 * 2 ** 20 * DAYS)).toBeCloseTo(1, 10);
    expect(read({ ...TEN_GB, gbPerDay: 1, findingsPerDay: 0, objectsPerDay: 1440 })).toBeCloseTo(
      960 * 10 * 2 ** 20 * DAYS,
      0,
    );
  });

  it('by hand in Athena is what a query a day reads', () => {
    const { daily, lookBack } = toCost({ ...TEN_GB, gbPerDay: 1099.511627776 }).byHand;
    expect(daily.terabytes).toBeCloseTo(DAYS, 10);
    expect(daily.usd).toBeCloseTo(5 * DAYS, 10);
    expect(lookBack.usd).toBeCloseTo(2000, 8);
  });

  it('has beside it what a change of the lists costs: cents by the index, all of seven days where Athena reads', () => {
    const usdOf = (workload: Workload, options?: CostOptions) => toCost(workload, options).listChange;
    expect(usdOf(NO_LOGS)).toBeLessThan(0.005);
    expect(usdOf(TEN_GB)).toBeLessThan(0.02);
    const more = { assumptions: { touchedObjects: 150 } };
    // 100 objects of 6.9 MB more, each with 50 ms until its first byte, and its requests.
    const seconds = 100 * (10_000 / 1440 / toAssumptions().scanSpeed + 0.05 + 2 * 0.005);
    const requests = 2 * 100 * (0.0000004 + 0.01 * 0.000003);
    const expected = (seconds * 1769 * 0.0000133334) / 1024 + requests;
    expect(usdOf(TEN_GB, more) - usdOf(TEN_GB)).toBeCloseTo(expected, 6);
    expect(usdOf({ ...TEN_GB, gbPerDay: 1000, scan: 'athena' })).toBeGreaterThan((5 * 7 * 1000e9) / 2 ** 40);
  });

  it('is its parts, and its lines, which have shares of it', () => {
    const { usd, parts, lines, per1000Gb } = toCost(TEN_GB);
    expect(parts.fixed + parts.logs + parts.findings).toBeCloseTo(usd, 10);
    expect(parts.fixed).toBe(toCost(NO_LOGS).usd);
    expect(lines.reduce((total, line) => total + line.usd, 0)).toBeCloseTo(usd, 10);
    expect(lines.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 10);
    expect(per1000Gb! * 0.01 * DAYS).toBeCloseTo(usd, 10);
  });

  it('takes other prices', () => {
    const prices = { ...PRICES, transition: { ...PRICES.transition, usd: 0.05 } };
    const once = lineOf(TEN_GB, 'transition');
    expect(lineOf(TEN_GB, 'transition', { prices }).usd).toBeCloseTo(2 * once.usd, 10);
    expect(toCost(TEN_GB, { prices }).usd).toBeCloseTo(toCost(TEN_GB).usd + once.usd, 10);
  });
});

describe('calls', () => {
  it('are added up by function', () => {
    const one = batchCalls({ scan: 'kernel', batches: 1, objects: 2, chunks: 1, flowLogs: 1 });
    expect(addCalls(one, one)).toEqual(batchCalls({ scan: 'kernel', batches: 2, objects: 4, chunks: 2, flowLogs: 2 }));
    expect(addCalls()).toEqual(NOTHING);
    // Manifest, list, result of the chunk, result, mark: 5 objects, and two came in.
    expect(sumFunctionCalls(one).puts).toBe(5);
    expect(one.events).toBe(7);
  });
});
