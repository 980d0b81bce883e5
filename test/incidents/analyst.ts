/** A finding as an analyst would write it down, with the reason; and findings reduced to what such notes say. For tests only. */
import type { Finding, Leg } from '../../src/core/finding-document.ts';

type Words =
  | 'kind'
  | 'severity'
  | 'severity_line'
  | 'technique'
  | 'initiator'
  | 'host'
  | 'indicator'
  | 'when'
  | 'out'
  | 'in';
export type Note = Readonly<Record<Words | 'passed' | 'leg' | 'beacon' | 'longest', string>> & {
  readonly hosts: number;
  readonly legs: readonly string[];
};
/** What is expected, and why this and nothing else. */
export type Expected = Note & { readonly because: string };

/** All that an analyst answers for. Exact counts are text with their unit. */
export function toNote(finding: Finding): Note {
  const { beacon, longest_connection: longest } = finding;
  return {
    kind: finding.kind,
    severity: finding.severity,
    severity_line: finding.severity_line,
    technique: finding.technique.id,
    initiator: finding.initiator,
    host: `${finding.account_id} ${finding.region} ${finding.local_ip} ${finding.instance_id ?? 'no instance'}`,
    hosts: finding.host_count,
    indicator: `${finding.indicator} (${finding.comment}, ${tellAddresses(finding)})`,
    when: `${finding.day ?? finding.month}: ${finding.first_seen} to ${finding.last_seen}`,
    out: `${finding.records_out} records, ${finding.packets_out} packets, ${finding.bytes_out} bytes`,
    in: `${finding.records_in} records, ${finding.packets_in} packets, ${finding.bytes_in} bytes`,
    passed: `${finding.accepted} accepted, ${finding.rejected} rejected`,
    leg: finding.interface_id,
    legs: finding.legs.map(tellLeg),
    beacon:
      beacon === null
        ? 'too few contacts'
        : `${beacon.contacts} contacts, ${beacon.interval_seconds} s ± ${beacon.jitter_seconds} s, ${beacon.is_regular ? 'regular' : 'irregular'}`,
    longest: longest === null ? 'no long connection' : `${longest.seconds} s, ${longest.service}, ${longest.remote_ip}`,
  };
}

/** How many knocked, and who of them passed. */
function tellAddresses({ indicator_ip, passed_ip }: Finding): string {
  const all = `${indicator_ip.length} of it`;
  return passed_ip.length === 0 || passed_ip.length === indicator_ip.length
    ? all
    : `${all}, let through: ${passed_ip.join(' ')}`;
}

function tellLeg({ account_id, interface_id, local_ip, records, bytes_out, bytes_in, is_outer }: Leg): string {
  const name = `${account_id} ${interface_id} ${local_ip}${is_outer ? ' (far side)' : ''}`;
  return `${name}: ${records} records, ${bytes_out} out, ${bytes_in} in`;
}

export function toNotes(expected: readonly Expected[]): Note[] {
  return expected.map(({ because: _, ...note }) => note);
}
