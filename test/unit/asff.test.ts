import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FindingOwner, toAsff, toPartitionName } from '../../src/core/asff.ts';
import { foldFindings } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { emptyVotes } from '../../src/core/initiator.ts';
import type { Tally } from '../../src/core/sighting.ts';
import { makeTally, makeTwoWayTally } from './tallies.ts';

const OWNER: FindingOwner = { accountId: '444455556666', region: 'us-east-1' };
const CLOCK = '2026-09-10T12:00:00.000Z';

/** The parts of the format these tests read; docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html. */
type Asff = Record<string, unknown> & {
  Id: string;
  Title: string;
  Description: string;
  Types: string[];
  Severity: { Label: string };
  FindingProviderFields: { Severity: { Label: string }; Types: string[] };
  ProductFields: Record<string, string>;
  ThreatIntelIndicators: Record<string, string>[];
  Resources: { Type: string; Id: string; Partition: string; Region?: string }[];
  Action: { ActionType: string; NetworkConnectionAction: Record<string, unknown> };
};

function write(more: Partial<Tally> = {}, owner = OWNER): Asff {
  return toAsff(foldFindings([makeTwoWayTally(more)]).findings[0]!, owner, CLOCK) as unknown as Asff;
}

/** What BatchImportFindings would refuse, all of it. */
function problemsOf(asff: Asff): string[] {
  const required =
    'SchemaVersion Id ProductArn GeneratorId AwsAccountId CreatedAt UpdatedAt Severity Title Description Types Resources';
  const problems = required.split(' ').flatMap((name) => (asff[name] === undefined ? [`${name} is missing`] : []));
  const limit = (name: string, text: string, most: number) => {
    if (text.length > most) problems.push(`${name} has ${text.length} characters`);
    if (/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/.test(text)) problems.push(`${name} ends in half a character`);
  };
  limit('Title', asff.Title, 256);
  limit('Description', asff.Description, 1024);
  limit('Id', asff.Id, 512);
  for (const [name, value] of Object.entries(asff.ProductFields)) {
    limit(`name ${name}`, name, 128);
    limit(name, value, 2048);
    if (name.startsWith('aws/')) problems.push(`${name} is reserved`);
  }
  if (Object.keys(asff.ProductFields).length > 50) problems.push('too many ProductFields');
  if (asff.ThreatIntelIndicators.length > 5) problems.push('too many ThreatIntelIndicators');
  for (const { Source, Value } of asff.ThreatIntelIndicators) {
    if (Source !== undefined) limit('Source', Source, 64);
    limit('Value', Value!, 512);
  }
  for (const { Id, Region } of asff.Resources) {
    limit('Resource', Id, 512);
    if (Region !== undefined) limit('Region', Region, 16);
  }
  if (asff.Resources.length < 1 || asff.Resources.length > 32) problems.push('number of Resources');
  if (asff.Types.length > 50) problems.push('too many Types');
  for (const type of asff.Types) {
    if (
      !/^(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(\/[^/]+){0,2}$/.test(
        type,
      )
    )
      problems.push(`type ${type}`);
  }
  return [...problems, ...blanks('', asff)];
}

/** Every text in the format must match /\S/. */
function blanks(path: string, value: unknown): string[] {
  if (value === undefined || value === null) return [`${path} is ${value}`];
  if (typeof value === 'string') return isPrintable(value) ? [] : [`${path} is blank, or has controls in it`];
  if (typeof value !== 'object') return typeof value === 'bigint' ? [`${path} is a bigint`] : [];
  return Object.entries(value).flatMap(([name, part]) => blanks(`${path}.${name}`, part));
}

function isPrintable(text: string): boolean {
  return /\S/.test(text) && !/\p{Cc}/u.test(text) && text.isWellFormed();
}

describe('toAsff', () => {
  it('has what Security Hub requires', () => {
    const asff = write({ instanceIds: ['i-0a1b'], vpcIds: ['vpc-0a'] });
    expect(problemsOf(asff)).toEqual([]);
    expect(asff).toMatchObject({
      ...{ SchemaVersion: '2018-10-08', AwsAccountId: '444455556666', GeneratorId: 'flowhound/ioc-matches' },
      ProductArn: 'arn:aws:securityhub:us-east-1:444455556666:product/444455556666/default',
      ...{ CreatedAt: CLOCK, UpdatedAt: CLOCK, FirstObservedAt: '2026-09-01T00:00:00Z' },
      ...{ LastObservedAt: '2026-09-01T01:00:00Z', Title: '10.0.0.5 and 203.0.113.7 (C2)', RecordState: 'ACTIVE' },
      ...{ Severity: { Label: 'HIGH' }, Types: ['Unusual Behaviors/Network Flow', 'TTPs/Command and Control'] },
    });
    expect(asff.Description).toBe(
      'opened by the host · 19 records · out 8.4 kB in 5.0 kB · tcp/443. Severity: the host opened it, data went both ways.',
    );
    expect(asff.FindingProviderFields).toEqual({ Severity: asff.Severity, Types: asff.Types });
    expect(JSON.parse(JSON.stringify(asff))).toEqual(asff);
  });

  it('has an Id without clock, so that importing again updates', () => {
    const [finding] = foldFindings([makeTwoWayTally()]).findings as [Finding];
    const later = toAsff(finding, OWNER, '2026-10-01T00:00:00.000Z');
    expect(later.Id).toBe(toAsff(finding, OWNER, CLOCK).Id);
    expect(later.Id).toBe(`flowhound/${finding.finding_id}`);
  });

  it('names the host’s resources by their own account and region', () => {
    const ids = { instanceIds: ['i-0a1b'], subnetIds: ['subnet-0a'], vpcIds: ['vpc-0a'] };
    const { Resources, ProductFields, AwsAccountId } = write({ region: 'us-gov-west-1', ...ids });
    expect(AwsAccountId).toBe(OWNER.accountId);
    expect(ProductFields['Flowhound/Flowhound/account']).toBe('111122223333');
    expect(ProductFields['Flowhound/Flowhound/region']).toBe('us-gov-west-1');
    const place = { Partition: 'aws-us-gov', Region: 'us-gov-west-1' };
    const arn = 'arn:aws-us-gov:ec2:us-gov-west-1:111122223333:';
    expect(Resources).toEqual([
      { Type: 'AwsEc2Instance', Id: `${arn}instance/i-0a1b`, ...place },
      { Type: 'AwsEc2NetworkInterface', Id: `${arn}network-interface/eni-0a1b2c3d`, ...place },
      { Type: 'AwsEc2Subnet', Id: `${arn}subnet/subnet-0a`, ...place },
      { Type: 'AwsEc2Vpc', Id: `${arn}vpc/vpc-0a`, ...place },
    ]);
  });

  it('a host that only its address names is still a resource', () => {
    expect(write({ interfaceId: '-' }).Resources).toEqual([
      { Type: 'Other', Id: '111122223333/us-east-1/10.0.0.5', Partition: 'aws', Region: 'us-east-1' },
    ]);
  });

  it.each([
    ['us-east-1', 'aws'],
    ['us-gov-east-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
  ])('the partition of %s is %s', (region, partition) => {
    expect(toPartitionName(region)).toBe(partition);
    expect(write({}, { accountId: '444455556666', region }).ProductArn).toMatch(
      new RegExp(`^arn:${partition}:securityhub:`),
    );
  });
});

describe('the publication', () => {
  it('says when the finding was published first, and never what is the analyst’s to say', () => {
    const [finding] = foldFindings([makeTwoWayTally()]).findings as [Finding];
    const later = toAsff(finding, OWNER, '2026-10-01T00:00:00.000Z', CLOCK);
    expect(later).toMatchObject({ CreatedAt: CLOCK, UpdatedAt: '2026-10-01T00:00:00.000Z' });
    for (const name of ['Workflow', 'WorkflowState', 'Note', 'UserDefinedFields', 'VerificationState']) {
      expect(later).not.toHaveProperty(name);
    }
  });

  it('may be in a partition that no region tells', () => {
    const owner = { ...OWNER, partition: 'aws-iso-f' };
    expect(write({}, owner).ProductArn).toMatch(/^arn:aws-iso-f:securityhub:us-east-1:444455556666:product/);
  });
});

describe('the connection', () => {
  const connection = (more: Partial<Tally>) => write(more).Action.NetworkConnectionAction;
  const inbound = { ...emptyVotes(), synIndicator: 9 };

  it('opened by the host', () => {
    expect(write().Action.ActionType).toBe('NETWORK_CONNECTION');
    expect(connection({})).toEqual({
      ...{
        ConnectionDirection: 'OUT',
        RemoteIpDetails: { IpAddressV4: '203.0.113.7' },
        Protocol: 'TCP',
        Blocked: false,
      },
      RemotePortDetails: { Port: 443 },
    });
  });

  it('opened from outside: the service is ours', () => {
    const scanned = connection({ votes: inbound, services: { '6/22': 19 } });
    expect(scanned).toMatchObject({ ConnectionDirection: 'IN', LocalPortDetails: { Port: 22 } });
    expect(scanned).not.toHaveProperty('RemotePortDetails');
    const { Types, ThreatIntelIndicators } = write({ votes: inbound });
    expect(Types).toEqual(['Unusual Behaviors/Network Flow', 'TTPs/Initial Access']);
    expect(ThreatIntelIndicators[0]).not.toHaveProperty('Category');
  });

  it('attempts from outside are probing', () => {
    const probing = makeTally({ recordsIn: 5, rejectedIn: 5, votes: inbound });
    const { Types } = toAsff(foldFindings([probing]).findings[0]!, OWNER, CLOCK) as unknown as Asff;
    expect(Types).toEqual(['Unusual Behaviors/Network Flow', 'TTPs/Discovery']);
  });

  it('opened by whom is unknown: no direction', () => {
    expect(connection({ votes: emptyVotes() })).not.toHaveProperty('ConnectionDirection');
  });

  it('has no place for an IPv6 address; the threat intelligence has', () => {
    const ipv6 = write({ indicator: '2001:db8::7', indicatorIps: ['2001:db8::7'] });
    expect(ipv6.Action.NetworkConnectionAction).not.toHaveProperty('RemoteIpDetails');
    expect(ipv6.ThreatIntelIndicators).toEqual([
      {
        ...{ Type: 'IPV6_ADDRESS', Value: '2001:db8::7', Category: 'COMMAND_AND_CONTROL', Source: 'iocs.csv' },
        LastObservedAt: '2026-09-01T01:00:00Z',
      },
    ]);
  });

  it.each([
    [{ services: {} }, undefined, undefined],
    [{ services: { '1': 3 } }, 'ICMP', undefined],
    [{ services: { '17/53': 3 } }, 'UDP', { Port: 53 }],
    [{ services: { '50': 3 } }, '50', undefined],
  ])('%o', (more, protocol, port) => {
    expect(connection(more).Protocol).toBe(protocol);
    expect(connection(more).RemotePortDetails).toEqual(port);
  });

  it('is blocked if nothing was let through', () => {
    const tried = makeTally({ recordsOut: 3, rejectedOut: 3 });
    const asff = toAsff(foldFindings([tried]).findings[0]!, OWNER, CLOCK) as unknown as Asff;
    expect(asff.Action.NetworkConnectionAction.Blocked).toBe(true);
  });
});

describe('what a list or a log may hold', () => {
  it('at most five of many addresses', () => {
    const indicatorIps = Array.from({ length: 40 }, (_, i) => `203.0.113.${i}`);
    const asff = write({ indicator: '203.0.113.0/24', indicatorIps });
    expect(problemsOf(asff)).toEqual([]);
    expect(asff.ThreatIntelIndicators.map(({ Value }) => Value)).toEqual(indicatorIps.toSorted().slice(0, 5));
    expect(asff.ProductFields['Flowhound/Flowhound/indicator']).toBe('203.0.113.0/24');
  });

  it('no comment and no times', () => {
    const asff = write({ comment: '', firstSeen: null, lastSeen: null, month: 'unknown' });
    expect(problemsOf(asff)).toEqual([]);
    expect(asff.Title).toBe('10.0.0.5 and 203.0.113.7 (indicator)');
    expect(asff.CreatedAt).toBe(CLOCK);
    expect(asff).not.toHaveProperty('FirstObservedAt');
  });

  it.each([254, 255, 256, 1023, 1024, 1025, 3000])('a comment of %i characters, whole ones', (length) => {
    expect(problemsOf(write({ comment: 'x'.repeat(length) }))).toEqual([]);
    expect(problemsOf(write({ comment: '😈'.repeat(length) }))).toEqual([]);
    expect(problemsOf(write({ comment: `x${'😈'.repeat(length)}`, source: `${'😈'.repeat(length)}.csv` }))).toEqual([]);
  });

  it('cuts no more than it must', () => {
    const { Title } = write({ comment: 'x'.repeat(3000) });
    expect(Title).toHaveLength(256);
    expect(Title).toMatch(/^10\.0\.0\.5 and 203\.0\.113\.7 \(x+…$/);
  });

  it('any text, anywhere', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('', ' ', '\n', '-', '\u0000\u001b[31m', 'two\r\nlines', '\u2028', '\ufeff'),
      fc.constantFrom('€', '😈', '\ud83d').chain((unit) => fc.nat(6000).map((length) => unit.repeat(length))),
    );
    const texts = fc.array(text, { maxLength: 3 });
    const tally = fc.record({
      ...{ comment: text, source: text, interfaceId: text, region: text, alsoIn: texts, instanceIds: texts },
      ...{ subnetIds: texts, vpcIds: texts, recordsOut: fc.nat(3), rejectedOut: fc.nat(3) },
      services: fc.constantFrom<Record<string, number>>({}, { '6/0': 1 }, { '1': 2 }),
    });
    fc.assert(
      fc.property(tally, (more) => {
        const asff = write(more);
        expect(problemsOf(asff)).toEqual([]);
        expect(Buffer.byteLength(JSON.stringify(asff))).toBeLessThan(240_000);
      }),
    );
  });

  it('one line of a comment of several', () => {
    const { Title, ProductFields } = write({ comment: ' C2\r\n\tof\u0000 someone\u001b[31m ' });
    expect(Title).toBe('10.0.0.5 and 203.0.113.7 (C2 of someone [31m)');
    expect(ProductFields['Flowhound/Flowhound/comment']).toBe('C2 of someone [31m');
  });
});
