/** Finding → what a responder does next: sentences and commands, each a line, the most telling first. */
import type { Finding } from './finding-document.ts';
import { formatBytes } from './story.ts';

/** Lines of the severity table → what to do about the host. */
const CONTAIN: Readonly<Record<string, string>> = {
  'opened-blocked': 'Something on the host tries to get out: find the process before it finds another way.',
  'opened-unanswered': 'Find out what on the host opens it; nothing answered yet.',
  'opened-large-two-way':
    'Isolate the host now (quarantine security group, no outbound) and keep it running for memory.',
  'opened-large': 'Isolate the host now (quarantine security group, no outbound) and keep it running for memory.',
  'opened-two-way': 'Isolate the host (quarantine security group), then take memory and disk images.',
  'opened-kept-sending': 'Isolate the host (quarantine security group), then take memory and disk images.',
  'several-hosts':
    'Several hosts talk to it: block the indicator at the edge (network ACL, firewall) first, then isolate each.',
  'rejected-from-outside': 'Nothing to do while it stays rejected: see that no rule lets it in elsewhere.',
  'let-in-answered': 'Close the port to the world, then read the service’s own logs from the first contact on.',
  'let-in-unanswered': 'Close the port to the world; nothing answered yet.',
};
/** What may go into a command as it is; the rest of an address or id would need a shell's quoting. */
const PLAIN = /^[0-9A-Za-z.:/_-]+$/;

/** Next steps; commands begin with `npx flowhound`. */
export function toNextSteps(finding: Finding): string[] {
  const { indicator, local_ip, kind, severity_line, bytes_out } = finding;
  const steps = [CONTAIN[severity_line] ?? 'Look at the host.'];
  if (severity_line.startsWith('opened-large')) {
    steps.push(`${formatBytes(bytes_out)} left: find out which data the host could read.`);
  }
  const commands = [
    `hunt --ip ${indicator} --from ${dayOf(finding.first_seen)}`,
    ...(kind === 'host' ? [`query data_ratio --param ip=${local_ip}`, `query timeline --param ip=${local_ip}`] : []),
    `query address_history --param ip=${finding.indicator_ip[0] ?? indicator}`,
    `report --finding ${finding.finding_id} --out report.html`,
  ];
  const plain = commands.filter((command) => command.split(/[ =]/).every((word) => PLAIN.test(word)));
  return [...steps, ...plain.map((command) => `npx flowhound ${command}`)];
}

function dayOf(time: string | null): string {
  return time?.slice(0, 10) ?? '90d';
}
