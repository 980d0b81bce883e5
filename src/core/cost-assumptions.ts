/** What neither a price page nor a count tells: each figure that `flowhound cost` takes for granted, with why. */

export type Assumption = { readonly value: number; readonly unit: string; readonly why: string };

export const ASSUMPTIONS = {
  scanSpeed: {
    ...{ value: 40, unit: 'MB/s' },
    why: 'gz read by the function scan: 8 ms of CPU a MB on the bench, 12 on a slower core, and as long again waiting for S3',
  },
  objectSeconds: {
    ...{ value: 0.05, unit: 's' },
    why: 'until the first byte of a log object is there; a chunk reads them one by one',
  },
  callSeconds: { value: 0.3, unit: 's', why: 'of a function besides its requests, with its share of cold starts' },
  requestSeconds: { value: 0.005, unit: 's', why: 'a request to S3 takes 20 to 40 ms; most go 8 to 32 at a time' },
  deliveriesPerDay: {
    ...{ value: 288, unit: 'log objects' },
    why: 'one flow log for each account and region, which delivers every five minutes',
  },
  mostObjectMegabytes: {
    ...{ value: 75, unit: 'MB' },
    why: 'the largest log object that AWS writes; a busier flow log writes more of them',
  },
  batchSeconds: {
    ...{ value: 60, unit: 's' },
    why: 'param batchSeconds: each of two pollers gathers for so long from its first message on',
  },
  matchesPerFinding: {
    ...{ value: 24, unit: 'executions' },
    why: 'a finding is seen for a day, in one execution each hour',
  },
  looksPerFinding: {
    ...{ value: 4, unit: 'queries' },
    why: 'data ratios: once in six hours while the finding is seen, each over what came in five minutes',
  },
  environmentsPerDay: {
    value: 12,
    unit: 'environments',
    why: 'of a function: Lambda begins a new one every two hours',
  },
  touchedObjects: {
    ...{ value: 50, unit: 'log objects' },
    why: 'hold an address that a change of the lists is about: a retro-hunt evaluates them anew',
  },
  listsInForce: { value: 3, unit: 'lists', why: 'all of them are read whenever one changes' },
  idlePolls: {
    value: 15,
    unit: 'requests a minute',
    why: 'Lambda asks the queue with five pollers that wait 20 s each',
  },
  logBytesPerCall: {
    ...{ value: 1800, unit: 'bytes' },
    why: 'what a function writes about a call, metrics among it, and the lines that Lambda puts around it',
  },
  indexWritten: { value: 0.016, unit: 'of the gz', why: 'size of the address index as Scan writes it' },
  indexCompacted: { value: 0.015, unit: 'of the gz', why: 'size of the address index once a day is compacted' },
  replacedDays: {
    ...{ value: 30, unit: 'days' },
    why: 'param replacedDays: versions of objects that were replaced or removed are kept so long',
  },
} as const satisfies Readonly<Record<string, Assumption>>;

export type AssumptionName = keyof typeof ASSUMPTIONS;
export type Assumptions = Readonly<Record<AssumptionName, number>>;

export const ASSUMPTION_NAMES = Object.keys(ASSUMPTIONS) as readonly AssumptionName[];

/** Values of all assumptions, with those given in place of ours. */
export function toAssumptions(given: Readonly<Partial<Assumptions>> = {}): Assumptions {
  const ours = ASSUMPTION_NAMES.map((name) => [name, ASSUMPTIONS[name].value]);
  return { ...(Object.fromEntries(ours) as Assumptions), ...given };
}
