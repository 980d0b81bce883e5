import { type BatchImportFindingsCommandInput, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSecurityHub } from '../../src/aws/security-hub.ts';
import type { FindingDocument } from '../../src/ports.ts';
import { type AwsDouble, startAwsDouble } from '../aws-double/start.ts';
import { configOf, countCalls, errorOf } from './clients.ts';

let aws: AwsDouble;
beforeEach(async () => {
  aws = await startAwsDouble();
});
afterEach(() => aws.close());

const open = (client = new SecurityHubClient(configOf(aws))) => openSecurityHub(client);

function toFinding(id: string, more: object = {}): FindingDocument {
  return {
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: 'arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default',
    GeneratorId: 'flowhound/ioc',
    AwsAccountId: '111122223333',
    Types: ['TTPs/Command and Control'],
    CreatedAt: '2026-09-01T00:00:00.000Z',
    UpdatedAt: '2026-09-01T00:00:00.000Z',
    Severity: { Label: 'HIGH' },
    Title: 'Traffic with 203.0.113.66',
    Description: 'Traffic with 203.0.113.66',
    Resources: [{ Type: 'Other', Id: 'eni-0a1b2c3d4e5f60718', Partition: 'aws', Region: 'us-east-1' }],
    ...more,
  };
}

const many = (count: number, more: object = {}) => Array.from({ length: count }, (_, i) => toFinding(`fh-${i}`, more));

/** A client whose calls are watched. */
function watch(): { client: SecurityHubClient; calls: { ids: string[]; bytes: number; at: number }[] } {
  const client = new SecurityHubClient(configOf(aws));
  const calls: { ids: string[]; bytes: number; at: number }[] = [];
  client.middlewareStack.add(
    (next) => (args) => {
      const input = args.input as BatchImportFindingsCommandInput;
      const ids = (input.Findings ?? []).map(({ Id }) => Id!);
      calls.push({ ids, bytes: Buffer.byteLength(JSON.stringify(input)), at: Date.now() });
      return next(args);
    },
    { step: 'initialize' },
  );
  return { client, calls };
}

describe('an import', () => {
  it('of many findings goes in calls of a hundred, and each finding has its outcome, in order', async () => {
    const { client, calls } = watch();
    const findings = many(250);
    const outcomes = await open(client).importFindings(findings);
    expect(calls.map(({ ids }) => ids.length)).toEqual([100, 100, 50]);
    expect(outcomes).toEqual(findings.map(({ Id }) => ({ id: Id, outcome: 'imported' })));
    expect(aws.securityHub.findings.size).toBe(250);
  });

  it('of none asks nobody', async () => {
    expect(await open().importFindings([])).toEqual([]);
    expect(countCalls(aws, 'BatchImportFindings')).toBe(0);
  });

  it('of large findings stays under 6 MB a call', async () => {
    const { client, calls } = watch();
    // Three bytes a character: bytes count, not characters.
    const Remediation = { Recommendation: { Text: '€'.repeat(70_000) } };
    const outcomes = await open(client).importFindings(many(60, { Remediation }));
    expect(outcomes.every(({ outcome }) => outcome === 'imported')).toBe(true);
    expect(calls.length).toBeGreaterThan(1);
    expect(Math.max(...calls.map(({ bytes }) => bytes))).toBeLessThanOrEqual(6_000_000);
    expect(calls.flatMap(({ ids }) => ids)).toHaveLength(60);
  });

  it('leaves out a finding over 240 KB, with the reason; the others go on', async () => {
    const Remediation = { Recommendation: { Text: '€'.repeat(80_000) } };
    const outcomes = await open().importFindings([toFinding('a'), toFinding('large', { Remediation }), toFinding('z')]);
    expect(outcomes).toMatchObject([
      { id: 'a', outcome: 'imported' },
      { id: 'large', outcome: 'refused', reason: expect.stringMatching(/^24\d{4} bytes, over 240 KB$/) },
      { id: 'z', outcome: 'imported' },
    ]);
  });

  it('calls at most ten times a second', async () => {
    const { client, calls } = watch();
    await open(client).importFindings(many(1501));
    expect(calls).toHaveLength(16);
    const seconds = (calls.at(-1)!.at - calls[0]!.at) / 1000;
    // Timers may fire a millisecond early.
    expect(seconds).toBeGreaterThanOrEqual(1.48);
  });

  it('waits where Security Hub has too much to do', async () => {
    aws.faults.throttle('securityhub:BatchImportFindings', { times: 2 });
    expect(await open().importFindings([toFinding('a')])).toEqual([{ id: 'a', outcome: 'imported' }]);
    expect(countCalls(aws, 'BatchImportFindings')).toBe(3);
  });

  it('that is throttled for good is an error, so that the state is tried again', async () => {
    aws.faults.throttle('securityhub:BatchImportFindings', { times: 3 });
    expect(await errorOf(open().importFindings([toFinding('a')]))).toMatchObject({ name: 'TooManyRequestsException' });
  });
});

describe('findings that fail', () => {
  it('are tried again, they alone', async () => {
    aws.securityHub.failures.push({ id: /^fh-[37]$/, code: 'InternalError', message: 'Internal', times: 3 });
    const { client, calls } = watch();
    const outcomes = await open(client).importFindings(many(10));
    expect(outcomes.every(({ outcome }) => outcome === 'imported')).toBe(true);
    expect(calls.map(({ ids }) => ids.length)).toEqual([10, 2, 1]);
    expect(aws.securityHub.findings.size).toBe(10);
  });

  it('again and again have no outcome in the end, and the others are imported', async () => {
    aws.securityHub.failures.push({ id: /^fh-1$/, code: 'InternalError', message: 'not\nnow', times: 100 });
    const { client, calls } = watch();
    expect(await open(client).importFindings(many(3))).toEqual([
      { id: 'fh-0', outcome: 'imported' },
      { id: 'fh-2', outcome: 'imported' },
    ]);
    expect(calls.map(({ ids }) => ids.length)).toEqual([3, 1, 1, 1]);
  });

  it('by their form are refused at once', async () => {
    const { client, calls } = watch();
    const outcomes = await open(client).importFindings([
      toFinding('a'),
      toFinding('b', { SchemaVersion: '1999-01-01' }),
    ]);
    expect(outcomes).toMatchObject([
      { id: 'a', outcome: 'imported' },
      { id: 'b', outcome: 'refused', reason: expect.stringMatching(/^InvalidInput: .*SchemaVersion/) },
    ]);
    expect(calls).toHaveLength(1);
  });

  it('and make Security Hub refuse the whole call are found, and the others go on', async () => {
    const client = new SecurityHubClient(configOf(aws));
    client.middlewareStack.add(
      (next) => async (args) => {
        const ids = (args.input as BatchImportFindingsCommandInput).Findings?.map(({ Id }) => Id);
        if (!ids?.includes('fh-5')) return next(args);
        throw Object.assign(new Error('Invalid parameter'), { name: 'InvalidInputException' });
      },
      { step: 'initialize' },
    );
    const outcomes = await open(client).importFindings(many(9));
    expect(outcomes.filter(({ outcome }) => outcome === 'imported')).toHaveLength(8);
    expect(outcomes[5]).toEqual({
      id: 'fh-5',
      outcome: 'refused',
      reason: 'InvalidInputException: Invalid parameter',
    });
  });
});

describe('Security Hub switched off', () => {
  it.each(['calls', 'findings'] as const)('is told of every finding, where it refuses %s', async (refuses) => {
    Object.assign(aws.securityHub, { isEnabled: false, refuses });
    const outcomes = await open().importFindings(many(3));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['disabled', 'disabled', 'disabled']);
    expect(outcomes[0]).toMatchObject({ reason: expect.stringContaining('not subscribed to AWS Security Hub') });
    expect(countCalls(aws, 'BatchImportFindings')).toBe(1);
    aws.securityHub.isEnabled = true;
    expect((await open().importFindings(many(3))).map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 3 }, () => 'imported'),
    );
  });
});

describe('a caller without permission', () => {
  it('is an error: nothing is wrong with the findings', async () => {
    aws.authorize = () => false;
    expect(await errorOf(open().importFindings([toFinding('a')]))).toMatchObject({ name: 'AccessDeniedException' });
  });
});
