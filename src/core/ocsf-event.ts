/**
 * What every OCSF event of ours has (schema.ocsf.io/1.8.0): class, severity, product, cloud, indicator. 1.8.0 of March 2026.
 * What is used of it has been there since 1.6, for those who read no newer one.
 */
import { parseNetwork } from './address.ts';
import { toLine } from './plain-text.ts';
import { SEVERITIES, type Severity } from './severity.ts';

export type OcsfEvent = {
  readonly class_uid: number;
  readonly activity_id: number;
  readonly time: number;
  readonly [attribute: string]: unknown;
};

/** Who says it, and when; `createdAt` is when a finding was told first. */
export type OcsfTelling = { readonly version: string; readonly updatedAt: string; readonly createdAt?: string };

export const OCSF_VERSION = '1.8.0';

/** Longest name that a log may put into an event. */
const NAME_LENGTH = 256;
const IP_ADDRESS = 1;
const OTHER = 99;
/** The `account` enumeration's word for it. */
const AWS_ACCOUNT = { type_id: 10, type: 'AWS Account' };
const SEVERITY_CAPTIONS: Readonly<Record<Severity, string>> = {
  INFORMATIONAL: 'Informational',
  LOW: 'Low',
  MEDIUM: 'Medium',
  HIGH: 'High',
  CRITICAL: 'Critical',
};

type Class = { readonly uid: number; readonly name: string; readonly categoryUid: number; readonly category: string };
type Activity = { readonly id: number; readonly name: string };

export function toClass({ uid, name, categoryUid, category }: Class, activity: Activity) {
  return {
    ...{ class_uid: uid, class_name: name, category_uid: categoryUid, category_name: category },
    ...{ activity_id: activity.id, activity_name: activity.name },
    ...{ type_uid: uid * 100 + activity.id, type_name: `${name}: ${activity.name}` },
  };
}

/** Informational is 1, Critical 5; 6 (Fatal) is for hosts that no longer run. */
export function toOcsfSeverity(severity: Severity) {
  return { severity_id: SEVERITIES.indexOf(severity) + 1, severity: SEVERITY_CAPTIONS[severity] };
}

export function toMetadata(version: string, more: Readonly<Record<string, unknown>>) {
  const feature = { name: 'IOC matches', uid: 'flowhound/ioc-matches' };
  return {
    version: OCSF_VERSION,
    product: { name: 'Flowhound', vendor_name: 'Flowhound', version, feature },
    profiles: ['cloud', 'osint', 'security_control'],
    ...{ log_provider: 'AWS', log_name: 'VPC Flow Logs' },
    ...more,
  };
}

/** The account and region of the host. */
export function toCloud(accountId: string, region: string, partition: string) {
  const [account, place] = [toName(accountId), toName(region)];
  return {
    ...{ provider: 'AWS', cloud_partition: partition },
    ...(account === undefined ? {} : { account: { uid: account, ...AWS_ACCOUNT } }),
    ...(place === undefined ? {} : { region: place }),
  };
}

/** Allowed and denied as firewalls mean it; a transit gateway row says neither. */
export function toAction({ accepted, rejected }: { readonly accepted: number; readonly rejected: number }) {
  if (accepted > 0) return { action_id: 1, action: 'Allowed', disposition_id: 1, disposition: 'Allowed' };
  if (rejected > 0) return { action_id: 2, action: 'Denied', disposition_id: 2, disposition: 'Blocked' };
  return { action_id: 3, action: 'Observed', disposition_id: 17, disposition: 'Logged' };
}

export type NamedIndicator = { readonly indicator: string; readonly comment: string; readonly source: string };

/** The list's word on an indicator. A range has no type of its own, but a place. */
export function toOsint({ indicator, comment, source }: NamedIndicator) {
  const isRange = indicator.includes('/');
  const [said, list] = [toName(comment, 1024), toName(source)];
  return {
    ...(isRange ? { type_id: OTHER, type: 'IP Range' } : { type_id: IP_ADDRESS, type: 'IP Address' }),
    value: toName(indicator) ?? '-',
    ...(parseNetwork(indicator) === undefined || !isRange ? {} : { subnet: indicator }),
    ...(said === undefined ? {} : { comment: said }),
    ...(list === undefined ? {} : { references: [list] }),
  };
}

/** One line of well-formed text, or nothing where there is none. */
export function toName(text: string | null | undefined, length = NAME_LENGTH): string | undefined {
  const line = toLine(text ?? '', length);
  return line === '' || line === '-' ? undefined : line;
}

/** ISO 8601 → milliseconds, as all OCSF times are. */
export function toMilliseconds(iso: string | null | undefined): number | undefined {
  const time = Date.parse(iso ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** What is known of the times: start, end, and between. */
export function toSpan(first: string | null, last: string | null) {
  const [start, end] = [toMilliseconds(first), toMilliseconds(last)];
  return {
    ...(start === undefined ? {} : { start_time: start }),
    ...(end === undefined ? {} : { end_time: end }),
    ...(start === undefined || end === undefined ? {} : { duration: Math.max(0, end - start) }),
  };
}
