/**
 * Finding → OCSF Detection Finding (class 2004), as SIEMs and Security Lake's subscribers read them. The id has no time in it;
 * what a reader of OCSF has no attribute for stands in `unmapped`.
 */
import { tellTitle, toPartitionName } from './asff.ts';
import type { Finding } from './finding-document.ts';
import { toTraffic } from './ocsf-conversation.ts';
import {
  type OcsfEvent,
  type OcsfTelling,
  toAction,
  toClass,
  toCloud,
  toMetadata,
  toMilliseconds,
  toName,
  toOcsfSeverity,
  toOsint,
  toSpan,
} from './ocsf-event.ts';
import { MOST_SHOWN, nameEnds, toEvidences, toObservables } from './ocsf-evidence.ts';
import { toResources } from './ocsf-resource.ts';
import { toLine } from './plain-text.ts';
import { toNextSteps } from './runbook.ts';
import { isAtLeast } from './severity.ts';
import type { Technique } from './severity-table.ts';
import { tellFinding } from './story.ts';

const DETECTION_FINDING = { uid: 2004, name: 'Detection Finding', categoryUid: 2, category: 'Findings' };
const CREATE = { id: 1, name: 'Create' };
const UPDATE = { id: 2, name: 'Update' };
const TEXT_LENGTH = 4096;
/** Each address of the indicator against its entry in the list. */
const ANALYTIC = { name: 'IOC matches', uid: 'ioc_matches', type_id: 9, type: 'Exact Data Match' };
/** Tactics of the techniques that a severity line names. */
const TACTICS: Readonly<Record<string, { readonly uid: string; readonly name: string }>> = {
  T1041: { uid: 'TA0010', name: 'Exfiltration' },
  T1071: { uid: 'TA0011', name: 'Command and Control' },
  T1133: { uid: 'TA0001', name: 'Initial Access' },
  T1190: { uid: 'TA0001', name: 'Initial Access' },
  T1595: { uid: 'TA0043', name: 'Reconnaissance' },
};

/** One Detection Finding. */
export function toOcsf(finding: Finding, { version, updatedAt, createdAt = updatedAt }: OcsfTelling): OcsfEvent {
  const modified = toMilliseconds(updatedAt) ?? 0;
  const partition = toPartitionName(finding.region);
  return {
    ...toClass(DETECTION_FINDING, createdAt === updatedAt ? CREATE : UPDATE),
    time: modified,
    ...toSpan(finding.first_seen, finding.last_seen),
    ...toOcsfSeverity(finding.severity),
    // What consumers make of it afterwards is theirs to say.
    ...{ status_id: 1, status: 'New', is_alert: isAtLeast(finding.severity, 'LOW') },
    ...toAction(finding),
    count: finding.records_out + finding.records_in,
    message: toLine(tellFinding(finding), TEXT_LENGTH),
    metadata: toMetadata(version, {
      ...{ uid: `${finding.finding_id}/${modified}`, correlation_uid: finding.finding_id },
    }),
    cloud: toCloud(finding.account_id, finding.region, partition),
    finding_info: toFindingInfo(finding, modified, toMilliseconds(createdAt) ?? 0),
    osint: [toOsint(finding)],
    evidences: toEvidences(finding),
    resources: toResources(finding, partition),
    observables: toObservables(finding, partition),
    remediation: { desc: toLine(toNextSteps(finding).join(' · '), TEXT_LENGTH) },
    ...toEnrichments(finding),
    unmapped: toUnmapped(finding),
  };
}

function toFindingInfo(finding: Finding, modified: number, created: number) {
  const [first, last] = [toMilliseconds(finding.first_seen), toMilliseconds(finding.last_seen)];
  return {
    ...{ uid: finding.finding_id, title: tellTitle(finding), analytic: ANALYTIC },
    desc: toLine(`${tellFinding(finding)}. Severity: ${finding.severity_reason}.`, TEXT_LENGTH),
    ...{ created_time: created, modified_time: modified },
    ...(first === undefined ? {} : { first_seen_time: first }),
    ...(last === undefined ? {} : { last_seen_time: last }),
    ...{ data_sources: ['AWS VPC Flow Logs'], attacks: [toAttack(finding.technique)] },
  };
}

function toAttack({ id, name }: Technique) {
  const tactic = TACTICS[id];
  const url = `https://attack.mitre.org/techniques/${id.replace('.', '/')}/`;
  return { technique: { uid: id, name, src_url: url }, ...(tactic === undefined ? {} : { tactic }) };
}

/** What is known beside the finding: of the rest of its host's traffic, and of its indicator in all logs. */
function toEnrichments({ context, local_ip, indicator, initiator }: Finding) {
  if (context === undefined) return {};
  const { peers, window, ever } = context;
  const known = [
    {
      name: nameEnds(initiator).host,
      value: local_ip,
      type: 'largest peers of the host',
      data: { window, peers },
    },
    ...(ever === null ? [] : [{ name: 'osint[].value', value: indicator, type: 'in all logs', data: ever }]),
  ];
  return { enrichments: known.map((one) => ({ ...one, provider: 'Flowhound' })) };
}

/** Numbers as the finding has them: `out` is what our host sent, whoever began. */
function toUnmapped(finding: Finding) {
  const { kind, month, day, initiator, severity_line, beacon, longest_connection, services } = finding;
  const { host_count, data_ratio_out, data_ratio_in, records_out, records_in, accepted, rejected } = finding;
  const totals = toTraffic(
    'local',
    { bytes: finding.bytes_out, packets: finding.packets_out },
    { bytes: finding.bytes_in, packets: finding.packets_in },
  );
  return {
    ...{ kind, month, day, initiator, initiator_reason: toLine(finding.initiator_reason, TEXT_LENGTH) },
    ...{ severity_line, severity_reason: toLine(finding.severity_reason, TEXT_LENGTH), host_count },
    ...{ ...totals, records_out, records_in, accepted, rejected, data_ratio_out, data_ratio_in },
    ...{ services, beacon, longest_connection },
    ...{ aws_services: toNames(finding.aws_services), also_in: toNames(finding.also_in) },
  };
}

function toNames(texts: readonly string[]): string[] {
  return texts.slice(0, MOST_SHOWN).flatMap((text) => toName(text) ?? []);
}
