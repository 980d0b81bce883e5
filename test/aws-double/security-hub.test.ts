import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  DescribeHubCommand,
  GetFindingsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AwsDouble, startAwsDouble } from './start.ts';

const ProductArn = 'arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default';
let aws: AwsDouble;
let hub: SecurityHubClient;

beforeEach(async () => {
  aws = await startAwsDouble();
  hub = new SecurityHubClient({ ...aws.client('publish'), maxAttempts: 1 });
});

afterEach(() => aws.close());

const finding = (Id: string, more: Partial<AwsSecurityFinding> = {}): AwsSecurityFinding => ({
  ...{ SchemaVersion: '2018-10-08', Id, ProductArn, GeneratorId: 'test', AwsAccountId: '111122223333' },
  ...{
    CreatedAt: '2026-09-01T00:00:00.000Z',
    UpdatedAt: '2026-09-01T00:00:00.000Z',
    Title: 'A title',
    Description: 'Text',
  },
  FindingProviderFields: { Severity: { Label: 'HIGH' }, Types: ['TTPs/Command and Control'] },
  Resources: [{ Type: 'Other', Id: '10.0.0.1' }],
  ...more,
});

const importAll = (...Findings: AwsSecurityFinding[]) => hub.send(new BatchImportFindingsCommand({ Findings }));
const stored = () => [...aws.securityHub.findings.values()];

describe('importing findings', () => {
  it('keeps what was imported, as new findings are', async () => {
    expect(await importAll(finding('a'), finding('b'))).toMatchObject({
      SuccessCount: 2,
      FailedCount: 0,
      FailedFindings: [],
    });
    expect(stored()).toMatchObject([
      {
        Id: 'a',
        Severity: { Label: 'HIGH' },
        Types: ['TTPs/Command and Control'],
        RecordState: 'ACTIVE',
        Workflow: { Status: 'NEW' },
      },
      { Id: 'b' },
    ]);
    expect(aws.calls[0]).toMatchObject({ action: 'securityhub:BatchImportFindings', resource: ProductArn });
  });

  it('updates what is newer, and leaves to analysts what is theirs', async () => {
    await importAll(finding('a'));
    const theirs = {
      Workflow: { Status: 'SUPPRESSED' },
      Note: { Text: 'known' },
      VerificationState: 'BENIGN_POSITIVE',
    };
    aws.securityHub.findings.set('a', { ...aws.securityHub.findings.get('a')!, ...theirs });
    const again = { Title: 'Another', Workflow: { Status: 'NEW' as const } };
    expect(await importAll(finding('a', again))).toMatchObject({ SuccessCount: 1 });
    expect(stored()).toMatchObject([{ Title: 'A title' }]);
    await importAll(finding('a', { ...again, UpdatedAt: '2026-09-01T00:00:00.001Z' }));
    expect(stored()).toMatchObject([{ Title: 'Another', ...theirs }]);
  });

  it('takes analysts’ updates of what is there, and says what is not', async () => {
    await importAll(finding('a'));
    const update = (fields: object, Id = 'a') =>
      hub.send(new BatchUpdateFindingsCommand({ FindingIdentifiers: [{ Id, ProductArn }], ...fields }));
    expect(await update({ Severity: { Label: 'LOW' }, Note: { Text: 'ours', UpdatedBy: 'soc' } })).toMatchObject({
      ProcessedFindings: [{ Id: 'a' }],
    });
    await importAll(finding('a', { UpdatedAt: '2026-09-02T00:00:00Z' }));
    expect(stored()).toMatchObject([{ Severity: { Label: 'LOW' }, Types: ['TTPs/Command and Control'] }]);
    expect(await update({ Confidence: 5 }, 'b')).toMatchObject({
      UnprocessedFindings: [{ ErrorCode: 'FindingNotFound' }],
    });
    const refused = { name: 'InvalidInputException' };
    await expect(update({ Note: { Text: 'x'.repeat(513), UpdatedBy: 'soc' } })).rejects.toMatchObject(refused);
    await expect(update({ Workflow: { Status: 'DONE' } })).rejects.toMatchObject(refused);
  });

  it('opens an archived finding anew', async () => {
    const at = (second: number) => `2026-09-01T00:00:0${second}Z`;
    await importAll(finding('a', { RecordState: 'ARCHIVED', UpdatedAt: at(1) }));
    aws.securityHub.findings.set('a', { ...aws.securityHub.findings.get('a')!, Workflow: { Status: 'RESOLVED' } });
    await importAll(finding('a', { UpdatedAt: at(2) }));
    expect(stored()).toMatchObject([{ RecordState: 'ACTIVE', Workflow: { Status: 'NEW' } }]);
  });

  it('takes 100 findings a call', async () => {
    const findings = Array.from({ length: 101 }, (_, i) => finding(`f${i}`));
    await expect(importAll(...findings)).rejects.toMatchObject({ name: 'InvalidInputException' });
    await expect(importAll()).rejects.toMatchObject({ name: 'InvalidInputException' });
    expect(await importAll(...findings.slice(1))).toMatchObject({ SuccessCount: 100 });
  });

  it('takes 6 MB a call and 240 KB a finding', async () => {
    const fields = (size: number, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'x'.repeat(size)]));
    const large = (id: string) => finding(id, { ProductFields: fields(2048, 50), UserDefinedFields: fields(1024, 50) });
    const many = Array.from({ length: 45 }, (_, i) => large(`l${i}`));
    await expect(importAll(...many)).rejects.toMatchObject({ name: 'InvalidInputException' });
    const over = finding('over', { Network: { SourceDomain: 'x'.repeat(240_000) } });
    expect(await importAll(over, large('fits'))).toMatchObject({
      FailedFindings: [{ Id: 'over', ErrorCode: 'InvalidInput' }],
    });
  });

  it('is denied for other accounts and products', async () => {
    await expect(importAll(finding('a', { AwsAccountId: '444455556666' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const partner = 'arn:aws:securityhub:us-east-1::product/partner/product';
    await expect(importAll(finding('a', { ProductArn: partner }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('is throttled over 10 calls a second after a burst of 30', async () => {
    const calls = Array.from({ length: 45 }, () => importAll(finding('a')));
    const outcomes = await Promise.allSettled(calls);
    const throttled = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(throttled.length).toBeGreaterThan(0);
    expect(outcomes.length - throttled.length).toBeGreaterThanOrEqual(30);
    expect(throttled[0]!.reason).toMatchObject({
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429 },
    });
  });
});

describe('a finding', () => {
  const { Title: _title, ...untitled } = finding('a');
  const indicator = { Type: 'IPV4_ADDRESS' as const, Value: '203.0.113.7' };
  const faults: [string, unknown, string][] = [
    ['lacks what is required', untitled, 'Title'],
    ['has no severity', finding('a', { FindingProviderFields: { Types: ['TTPs'] } }), 'Severity'],
    [
      'has a severity of its own making',
      finding('a', { FindingProviderFields: { Severity: { Label: 'BAD' as 'LOW' }, Types: [] } }),
      'Severity',
    ],
    ['has a type of no namespace', finding('a', { Types: ['Bad Things'] }), 'Types'],
    ['has a description over 1024 characters', finding('a', { Description: 'x'.repeat(1025) }), 'Description'],
    ['has a time without its zone', finding('a', { UpdatedAt: '2026-09-01 00:00:00' }), 'UpdatedAt'],
    ['has no resource', finding('a', { Resources: [] }), 'Resources'],
    [
      'has over five indicators',
      finding('a', { ThreatIntelIndicators: Array(6).fill(indicator) }),
      'ThreatIntelIndicators',
    ],
    [
      'has over fifty product fields',
      finding('a', { ProductFields: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v'])) }),
      '50',
    ],
  ];

  it.each(faults)('fails by itself if it %s', async (_what, faulty, named) => {
    const { FailedFindings, SuccessCount } = await importAll(faulty as AwsSecurityFinding, finding('good'));
    expect(SuccessCount).toBe(1);
    expect(FailedFindings).toMatchObject([
      { Id: 'a', ErrorCode: 'InvalidInput', ErrorMessage: expect.stringContaining(named) },
    ]);
  });

  it('can fail on demand', async () => {
    aws.securityHub.failures.push({ id: /^a$/, code: 'InternalFailure', message: 'try again', times: 1 });
    expect((await importAll(finding('a'))).FailedFindings).toMatchObject([{ ErrorCode: 'InternalFailure' }]);
    expect((await importAll(finding('a'))).FailedFindings).toEqual([]);
  });
});

describe('the hub', () => {
  it('refuses everything while it is switched off', async () => {
    aws.securityHub.isEnabled = false;
    const refused = { name: 'InvalidAccessException' };
    await expect(importAll(finding('a'))).rejects.toMatchObject(refused);
    await expect(hub.send(new DescribeHubCommand({}))).rejects.toMatchObject(refused);
    await expect(hub.send(new GetFindingsCommand({}))).rejects.toMatchObject(refused);
    aws.securityHub.refuses = 'findings';
    expect((await importAll(finding('a'))).FailedFindings).toMatchObject([{ ErrorCode: 'InvalidAccess' }]);
    aws.securityHub.isEnabled = true;
    expect((await hub.send(new DescribeHubCommand({}))).HubArn).toBe(
      'arn:aws:securityhub:us-east-1:111122223333:hub/default',
    );
  });

  it('finds findings by filters, page by page', async () => {
    await importAll(finding('a1'), finding('a2', { RecordState: 'ARCHIVED' }), finding('b1'));
    const find = async (Filters: object, more: object = {}) =>
      (await hub.send(new GetFindingsCommand({ Filters, ...more }))).Findings?.map(({ Id }) => Id);
    const prefix = [{ Value: 'a', Comparison: 'PREFIX' as const }];
    expect(await find({ Id: prefix })).toEqual(['a1', 'a2']);
    expect(await find({ Id: prefix, RecordState: [{ Value: 'ACTIVE', Comparison: 'EQUALS' }] })).toEqual(['a1']);
    expect(await find({ SeverityLabel: [{ Value: 'HIGH', Comparison: 'NOT_EQUALS' }] })).toEqual([]);
    expect(await find({}, { MaxResults: 2 })).toHaveLength(2);
    await expect(find({ Keyword: [{ Value: 'x' }] })).rejects.toMatchObject({ name: 'InvalidInputException' });
  });
});
