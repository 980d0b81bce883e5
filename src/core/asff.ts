/**
 * Finding → AWS Security Finding Format, as Security Hub imports it (docs.aws.amazon.com/securityhub/latest/userguide/
 * securityhub-findings-format-syntax.html). The Id has no time in it, so a later import updates and never duplicates.
 * What analysts write (Workflow, Note, UserDefinedFields, VerificationState) is never part of it.
 */
import type { FindingContext } from './finding-context.ts';
import type { Finding } from './finding-document.ts';
import { toLine } from './plain-text.ts';
import { toNextSteps } from './runbook.ts';
import { isAtLeast, type Severity } from './severity.ts';
import { formatBytes, formatDuration, tellFinding } from './story.ts';

/** Most characters of a title, a description, a name in an ARN, a list's name. */
const TITLE_LENGTH = 256;
const DESCRIPTION_LENGTH = 1024;
const NAME_LENGTH = 256;
const RESOURCE_LENGTH = 512;
const SOURCE_LENGTH = 64;
const RECOMMENDATION_LENGTH = 512;
/** Of rejected scans. */
const MOST_INTERFACES = 20;
/** The format takes 2,048; some 25 fields of three-byte characters still leave a finding far under its 240 KB. */
const FIELD_LENGTH = 1024;
/** Most indicators in one finding. */
const MOST_INDICATORS = 5;
const GREATEST_PORT = 65_535;
const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'ICMP', '6': 'TCP', '17': 'UDP', '58': 'ICMPv6' };
/** Partitions that a resource's `Partition` may name. */
const RESOURCE_PARTITIONS: readonly string[] = ['aws', 'aws-cn', 'aws-us-gov'];

/**
 * Whose finding it is: the pipeline's account and region, not those of the host. A custom product may import only
 * findings of the account that calls, and one log account holds the logs of many.
 */
export type FindingOwner = { readonly accountId: string; readonly region: string; readonly partition?: string };

export type AsffFinding = {
  readonly Id: string;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly FindingProviderFields: {
    readonly Severity: { readonly Label: Severity };
    readonly Types: readonly string[];
  };
  readonly RecordState: 'ACTIVE' | 'ARCHIVED';
  readonly [field: string]: unknown;
};

/** One ASFF document. `createdAt` is when it was published first; that is now unless given. */
export function toAsff(finding: Finding, owner: FindingOwner, updatedAt: string, createdAt = updatedAt): AsffFinding {
  const { accountId, region, partition = toPartitionName(owner.region) } = owner;
  const severity = { Label: finding.severity };
  const types = toTypes(finding);
  const threatIntel = toThreatIntel(finding);
  return {
    SchemaVersion: '2018-10-08',
    Id: `flowhound/${finding.finding_id}`,
    ProductArn: `arn:${partition}:securityhub:${region}:${accountId}:product/${accountId}/default`,
    GeneratorId: 'flowhound/ioc-matches',
    AwsAccountId: accountId,
    // A custom product names itself; other products' names are filled in.
    CompanyName: 'Flowhound',
    ProductName: 'Flowhound',
    CreatedAt: createdAt,
    UpdatedAt: updatedAt,
    ...(finding.first_seen === null ? {} : { FirstObservedAt: finding.first_seen }),
    ...(finding.last_seen === null ? {} : { LastObservedAt: finding.last_seen }),
    Title: tellTitle(finding),
    Description: toLine(`${tellFinding(finding)}. Severity: ${finding.severity_reason}.`, DESCRIPTION_LENGTH),
    // For readers of the format. On update Security Hub leaves these two as they are once an analyst has set them
    // (…/securityhub/latest/userguide/finding-update-batchimportfindings.html#batchimportfindings-findingproviderfields).
    Severity: severity,
    Types: types,
    FindingProviderFields: { Severity: severity, Types: types },
    Action: { ActionType: 'NETWORK_CONNECTION', NetworkConnectionAction: toConnection(finding) },
    Remediation: { Recommendation: { Text: toLine(toNextSteps(finding).join(' · '), RECOMMENDATION_LENGTH) } },
    ...(threatIntel.length === 0 ? {} : { ThreatIntelIndicators: threatIntel }),
    Resources: toResources(finding),
    ProductFields: toProductFields(finding),
    RecordState: 'ACTIVE',
  };
}

/** `10.0.0.5 and 203.0.113.7 (C2)` */
export function tellTitle({ local_ip, indicator, comment }: Finding): string {
  return toLine(`${local_ip} and ${indicator} (${toLine(comment, TITLE_LENGTH) || 'indicator'})`, TITLE_LENGTH);
}

/** GovCloud, China, the European sovereign and the isolated regions are partitions of their own. */
export function toPartitionName(region: string): string {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  const isolated = /^[a-z]{2}-iso([a-z]?)-/.exec(region);
  if (isolated === null) return 'aws';
  return isolated[1] === '' ? 'aws-iso' : `aws-iso-${isolated[1]}`;
}

/** docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html#Types */
function toTypes({ initiator, severity, severity_line }: Finding): string[] {
  const flow = 'Unusual Behaviors/Network Flow';
  if (severity_line.startsWith('opened-large')) return [flow, 'TTPs/Command and Control', 'Effects/Data Exfiltration'];
  if (initiator !== 'indicator') return [flow, 'TTPs/Command and Control'];
  // From outside, HIGH is what was let in and answered; the rest is probing.
  return [flow, isAtLeast(severity, 'HIGH') ? 'TTPs/Initial Access' : 'TTPs/Discovery'];
}

function toConnection(finding: Finding): Record<string, unknown> {
  const ipv4 = finding.indicator_ip.find((ip) => !ip.includes(':'));
  const [protocol = '', port] = (finding.services[0]?.service ?? '').split('/');
  // Logs may have any number there; one over 65,535 would have the finding refused.
  const servicePort = port === undefined || Number(port) > GREATEST_PORT ? undefined : { Port: Number(port) };
  const portField = finding.initiator === 'indicator' ? 'LocalPortDetails' : 'RemotePortDetails';
  const direction = { local: 'OUT', indicator: 'IN', unknown: undefined }[finding.initiator];
  return {
    ...(direction === undefined ? {} : { ConnectionDirection: direction }),
    // The field holds IPv4 only; an IPv6 address is in ThreatIntelIndicators.
    ...(ipv4 === undefined ? {} : { RemoteIpDetails: { IpAddressV4: ipv4 } }),
    ...(servicePort === undefined ? {} : { [portField]: servicePort }),
    ...(protocol === '' ? {} : { Protocol: PROTOCOLS[protocol] ?? protocol }),
    Blocked: finding.accepted === 0 && finding.rejected > 0,
  };
}

function toThreatIntel(finding: Finding): Record<string, unknown>[] {
  const source = toLine(finding.source, SOURCE_LENGTH);
  return finding.indicator_ip.slice(0, MOST_INDICATORS).map((ip) => ({
    Type: ip.includes(':') ? 'IPV6_ADDRESS' : 'IPV4_ADDRESS',
    Value: ip,
    // None of the categories is for those that scan us.
    ...(finding.initiator === 'indicator' ? {} : { Category: 'COMMAND_AND_CONTROL' }),
    ...(source === '' ? {} : { Source: source }),
    ...(finding.last_seen === null ? {} : { LastObservedAt: finding.last_seen }),
  }));
}

/** The host's own account and region are in the names of its parts. */
function toResources(finding: Finding): Record<string, unknown>[] {
  const [accountId, region] = [toLine(finding.account_id, NAME_LENGTH), toLine(finding.region, NAME_LENGTH)];
  const partition = toPartitionName(region);
  const place = {
    ...(RESOURCE_PARTITIONS.includes(partition) ? { Partition: partition } : {}),
    ...(region === '' || region.length > 16 ? {} : { Region: region }),
  };
  const resources: Record<string, unknown>[] = [];
  const add = (type: string, kind: string, name: string | null) => {
    if (name === null || name === '-') return;
    const id = toLine(`arn:${partition}:ec2:${region}:${accountId}:${kind}/${name}`, RESOURCE_LENGTH);
    resources.push({ Type: type, Id: id, ...place });
  };
  const interfaces = finding.legs.slice(0, MOST_INTERFACES).map(({ interface_id }) => interface_id);
  if (finding.host_count > 1)
    for (const name of new Set(interfaces)) add('AwsEc2NetworkInterface', 'network-interface', name);
  add('AwsEc2Instance', 'instance', finding.instance_id);
  add('AwsEc2NetworkInterface', 'network-interface', finding.interface_id);
  add('AwsEc2Subnet', 'subnet', finding.subnet_id);
  add('AwsEc2Vpc', 'vpc', finding.vpc_id);
  if (resources.length > 0) return resources;
  return [{ Type: 'Other', Id: toLine(`${accountId}/${region}/${finding.local_ip}`, RESOURCE_LENGTH), ...place }];
}

/** Keys are company/product/field; `aws/` is reserved, and a value without a visible character is refused. */
function toProductFields(finding: Finding): Record<string, string> {
  const { indicator_ip, also_in, legs, ...fields } = finding;
  const facts: Record<string, string | number | bigint | null> = {
    ...{ kind: fields.kind, day: fields.day, host_count: fields.host_count, hosts: toList(fields.hosts) },
    ...{ severity_line: fields.severity_line, technique: `${fields.technique.id} ${fields.technique.name}` },
    ...{ data_ratio_out: fields.data_ratio_out, data_ratio_in: fields.data_ratio_in },
    ...{ duration_seconds: fields.duration_seconds, aws_services: toList(fields.aws_services) },
    ...{ beacon: tellBeacon(fields), longest_connection: tellLongest(fields) },
    ...{ finding_id: fields.finding_id, indicator: fields.indicator, indicator_ip: toList(indicator_ip) },
    ...{ comment: fields.comment, source: fields.source, also_in: toList(also_in), month: fields.month },
    ...{ account: fields.account_id, region: fields.region, local_ip: fields.local_ip },
    ...{ interface_id: fields.interface_id, legs: toList(legs.map((leg) => leg.interface_id)) },
    ...{ initiator: fields.initiator, initiator_reason: fields.initiator_reason },
    severity_reason: fields.severity_reason,
    ...{ records_out: fields.records_out, bytes_out: fields.bytes_out, packets_out: fields.packets_out },
    ...{ records_in: fields.records_in, bytes_in: fields.bytes_in, packets_in: fields.packets_in },
    ...{ accepted: fields.accepted, rejected: fields.rejected },
    ...{ peers: tellPeers(finding), ever_seen: tellEver(finding) },
    services: toList(fields.services.map(({ service, records }) => `${service}=${records}`)),
  };
  const lines = Object.entries(facts).map(([name, fact]) => [name, toLine(String(fact ?? ''), FIELD_LENGTH)] as const);
  return Object.fromEntries(
    lines.filter(([, line]) => line !== '').map(([name, line]) => [`Flowhound/Flowhound/${name}`, line]),
  );
}

function tellBeacon({ beacon }: Pick<Finding, 'beacon'>): string | null {
  if (beacon === null) return null;
  const { contacts, interval_seconds, jitter_seconds, is_regular } = beacon;
  return `${contacts} contacts, ${interval_seconds} s apart, jitter ${jitter_seconds} s, ${is_regular ? 'regular' : 'not regular'}`;
}

function tellLongest({ longest_connection: longest }: Pick<Finding, 'longest_connection'>): string | null {
  return longest === null ? null : `${formatDuration(longest.seconds)} with ${longest.remote_ip}, ${longest.service}`;
}

/** `10.0.9.8 -> 198.51.100.23 41.9 GB, 217,526,199.94 a record; …` */
function tellPeers({ context }: Finding): string | null {
  if (context === undefined || context.peers.length === 0) return null;
  const tell = ({ from, to, bytes, data_ratio }: FindingContext['peers'][number]) =>
    `${from} -> ${to} ${formatBytes(bytes)}, ${data_ratio} B a record`;
  return context.peers.map(tell).join('; ');
}

function tellEver({ context }: Finding): string | null {
  const { first_seen, last_seen, objects } = context?.ever ?? {};
  return objects === undefined ? null : `${first_seen ?? '-'} to ${last_seen ?? '-'} in ${objects} log objects`;
}

/** No more than a field can hold anyway. */
function toList(names: readonly string[]): string {
  return names.slice(0, FIELD_LENGTH).join(' ');
}
