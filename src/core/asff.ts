/**
 * Finding → AWS Security Finding Format, as Security Hub imports it (docs.aws.amazon.com/securityhub/latest/userguide/
 * securityhub-findings-format-syntax.html). The Id has no time in it, so a later import updates and never duplicates.
 */
import type { Finding } from './finding.ts';
import { tellFinding } from './story.ts';

/** Most characters of a title and a description. */
const TITLE_LENGTH = 256;
const DESCRIPTION_LENGTH = 1024;
/** Most indicators in one finding. */
const MOST_INDICATORS = 5;
const LABELS_TO_TYPES = {
  inbound: ['Unusual Behaviors/Network Flow', 'TTPs/Discovery'],
  outbound: ['Unusual Behaviors/Network Flow', 'TTPs/Command and Control'],
} as const;

/** Account and region that own the finding: the pipeline's, which may not be those of the host. */
export type FindingOwner = { readonly accountId: string; readonly region: string };

/** One ASFF document; `updatedAt` is the run's clock. */
export function toAsff(finding: Finding, owner: FindingOwner, updatedAt: string): Record<string, unknown> {
  const partition = toPartitionName(owner.region);
  const severity = { Label: finding.severity };
  const types = finding.initiator === 'indicator' ? LABELS_TO_TYPES.inbound : LABELS_TO_TYPES.outbound;
  const { region, accountId } = owner;
  return {
    SchemaVersion: '2018-10-08',
    Id: `flowhound/${finding.finding_id}`,
    ProductArn: `arn:${partition}:securityhub:${region}:${accountId}:product/${accountId}/default`,
    GeneratorId: 'flowhound/ioc-matches',
    AwsAccountId: accountId,
    CompanyName: 'Flowhound',
    ProductName: 'Flowhound',
    CreatedAt: finding.first_seen ?? updatedAt,
    UpdatedAt: updatedAt,
    ...(finding.first_seen === null ? {} : { FirstObservedAt: finding.first_seen }),
    ...(finding.last_seen === null ? {} : { LastObservedAt: finding.last_seen }),
    Title: cut(`${finding.local_ip} and ${finding.indicator} (${finding.comment || 'indicator'})`, TITLE_LENGTH),
    Description: cut(`${tellFinding(finding)}. Severity: ${finding.severity_reason}.`, DESCRIPTION_LENGTH),
    Severity: severity,
    Types: types,
    FindingProviderFields: { Severity: severity, Types: types },
    Action: { ActionType: 'NETWORK_CONNECTION', NetworkConnectionAction: toConnection(finding) },
    ThreatIntelIndicators: toThreatIntel(finding),
    Resources: toResources(finding),
    ProductFields: toProductFields(finding),
    RecordState: 'ACTIVE',
  };
}

/** GovCloud and China are partitions of their own. */
export function toPartitionName(region: string): string {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('cn-') ? 'aws-cn' : 'aws';
}

function toConnection(finding: Finding): Record<string, unknown> {
  const ipv4 = finding.indicator_ip.find((ip) => !ip.includes(':'));
  const [protocol = '', port] = (finding.services[0]?.service ?? '').split('/');
  const servicePort = port === undefined ? undefined : { Port: Number(port) };
  const portField = finding.initiator === 'indicator' ? 'LocalPortDetails' : 'RemotePortDetails';
  const direction = { local: 'OUT', indicator: 'IN', unknown: undefined }[finding.initiator];
  return {
    ...(direction === undefined ? {} : { ConnectionDirection: direction }),
    // The field holds IPv4 only; an IPv6 address is in ThreatIntelIndicators.
    ...(ipv4 === undefined ? {} : { RemoteIpDetails: { IpAddressV4: ipv4 } }),
    ...(servicePort === undefined ? {} : { [portField]: servicePort }),
    ...(protocol === '' ? {} : { Protocol: { '6': 'TCP', '17': 'UDP', '1': 'ICMP' }[protocol] ?? protocol }),
    Blocked: finding.accepted === 0 && finding.rejected > 0,
  };
}

function toThreatIntel(finding: Finding): Record<string, unknown>[] {
  return finding.indicator_ip.slice(0, MOST_INDICATORS).map((ip) => ({
    Type: ip.includes(':') ? 'IPV6_ADDRESS' : 'IPV4_ADDRESS',
    Value: ip,
    Category: 'COMMAND_AND_CONTROL',
    Source: cut(finding.source, 64),
    ...(finding.last_seen === null ? {} : { LastObservedAt: finding.last_seen }),
  }));
}

function toResources(finding: Finding): Record<string, unknown>[] {
  const { account_id: accountId, region, instance_id, interface_id } = finding;
  const partition = toPartitionName(region);
  const arn = (name: string) => `arn:${partition}:ec2:${region}:${accountId}:${name}`;
  const resources: Record<string, unknown>[] = [];
  const add = (type: string, name: string) =>
    resources.push({ Type: type, Id: arn(name), Partition: partition, Region: region });
  if (instance_id !== null) add('AwsEc2Instance', `instance/${instance_id}`);
  if (interface_id !== '-') add('AwsEc2NetworkInterface', `network-interface/${interface_id}`);
  if (finding.vpc_id !== null) add('AwsEc2Vpc', `vpc/${finding.vpc_id}`);
  if (resources.length === 0) {
    resources.push({
      Type: 'Other',
      Id: `${accountId}/${region}/${finding.local_ip}`,
      Partition: partition,
      Region: region,
    });
  }
  return resources;
}

function toProductFields(finding: Finding): Record<string, string> {
  return {
    'flowhound/indicator': finding.indicator,
    // Security Hub refuses a value without a visible character.
    ...(finding.comment === '' ? {} : { 'flowhound/comment': cut(finding.comment, DESCRIPTION_LENGTH) }),
    'flowhound/account': finding.account_id,
    'flowhound/region': finding.region,
    'flowhound/local_ip': finding.local_ip,
    'flowhound/month': finding.month,
    'flowhound/records_out': String(finding.records_out),
    'flowhound/bytes_out': String(finding.bytes_out),
    'flowhound/records_in': String(finding.records_in),
    'flowhound/bytes_in': String(finding.bytes_in),
    'flowhound/initiator_reason': finding.initiator_reason,
  };
}

/** Cuts on characters, so that no surrogate pair is split. Lengths count UTF-16 units, the stricter of the two readings. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, length - 1);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
