/** Whatever comes in: more of anything never costs less, and no logs cost what the stack itself does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCost } from '../../src/core/cost.ts';
import type { Workload } from '../../src/core/month-work.ts';

const amount = (max: number) => fc.oneof(fc.integer({ min: 0, max }), fc.double({ min: 0, max, noNaN: true }));
const inputs = {
  gbPerDay: amount(100_000),
  accounts: fc.integer({ min: 1, max: 5000 }),
  regions: fc.integer({ min: 1, max: 30 }),
  findingsPerDay: amount(10_000),
  retainDays: amount(4000),
  scan: fc.constantFrom('kernel', 'athena'),
};
const workloads: fc.Arbitrary<Workload> = fc.record(
  { ...inputs, objectsPerDay: amount(10_000_000) },
  { requiredKeys: ['gbPerDay', 'accounts', 'regions', 'findingsPerDay', 'retainDays', 'scan'] },
);

/** Sums of many products differ in their last digits. */
const ROUNDING = 1e-9;

/** More log objects make more and smaller executions, of which Athena reads fewer bytes again: that alone gets cheaper. */
const withoutSecondReading = workloads.map((workload) =>
  workload.scan === 'athena' ? { ...workload, findingsPerDay: 0 } : workload,
);

function expectGrowth(less: Workload, more: Workload): void {
  expect(toCost(more).usd).toBeGreaterThanOrEqual(toCost(less).usd * (1 - ROUNDING));
}

describe('cost', () => {
  it.each(['gbPerDay', 'findingsPerDay', 'retainDays'] as const)('grows with %s', (name) => {
    fc.assert(
      fc.property(workloads, amount(1000), (workload, more) => {
        expectGrowth(workload, { ...workload, [name]: workload[name] + more });
      }),
    );
  });

  it.each(['accounts', 'regions'] as const)('grows with %s', (name) => {
    fc.assert(
      fc.property(withoutSecondReading, fc.integer({ min: 1, max: 100 }), (workload, more) => {
        expectGrowth(workload, { ...workload, [name]: workload[name] + more });
      }),
    );
  });

  it('grows with the number of log objects', () => {
    fc.assert(
      fc.property(withoutSecondReading, amount(100_000), amount(100_000), (workload, objectsPerDay, more) => {
        expectGrowth({ ...workload, objectsPerDay }, { ...workload, objectsPerDay: objectsPerDay + more });
      }),
    );
  });

  it('is that of the stack alone where nothing comes in, whatever else is said', () => {
    const { usd } = toCost({
      ...{ gbPerDay: 0, accounts: 1, regions: 1, findingsPerDay: 0, retainDays: 0 },
      scan: 'kernel',
    });
    fc.assert(
      fc.property(workloads, (workload) => {
        expect(toCost({ ...workload, gbPerDay: 0, objectsPerDay: 0 }).usd).toBeCloseTo(usd, 9);
      }),
    );
  });

  it('is a sum of amounts, none below nothing', () => {
    fc.assert(
      fc.property(workloads, (workload) => {
        const { lines, parts, usd } = toCost(workload);
        for (const { count, usd: own } of lines) {
          expect(Number.isFinite(count) && count >= 0).toBe(true);
          expect(Number.isFinite(own) && own >= 0).toBe(true);
        }
        const total = parts.fixed + parts.logs + parts.findings;
        expect(Math.abs(total - usd)).toBeLessThanOrEqual(ROUNDING * usd);
      }),
    );
  });
});
