/** Finding → the words a person reads first: who, what happened, when. Units on every number. */
import type { Finding } from './finding-document.ts';

const DECIMAL_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;
const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `1.9 MB`, powers of 1000 as AWS bills them. */
export function formatBytes(bytes: bigint | number): string {
  let value = Number(bytes);
  let unit = 0;
  while (value >= 999.5 && unit < DECIMAL_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${DECIMAL_UNITS[unit]}`;
}

/** `1,317` */
export function formatCount(count: bigint | number): string {
  return count.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `01 Sep 02:10 → 03 Sep 23:55`, UTC; `→ 23:55` on the same day. */
export function formatSpan(first: string | null, last: string | null): string {
  const [from, to] = [first ?? last, last ?? first];
  if (from === null || to === null) return 'no time given';
  if (from.slice(0, 16) === to.slice(0, 16)) return formatMinute(from);
  const end = from.slice(0, 10) === to.slice(0, 10) ? to.slice(11, 16) : formatMinute(to);
  return `${formatMinute(from)} → ${end}`;
}

/** One sentence: who began, how often, how much each way, which service, let through or not. */
export function tellFinding(finding: Finding): string {
  const records = finding.records_out + finding.records_in;
  const isBlocked = finding.accepted === 0 && finding.rejected > 0;
  const parts = isBlocked ? tellBlocked(finding) : tellTraffic(finding, records);
  const service = finding.services[0];
  if (service !== undefined) parts.push(nameService(service.service));
  const via = finding.legs.filter((leg) => leg.is_outer).map((leg) => leg.interface_id);
  if (via.length > 0) parts.push(`through the gateway on ${via.join(', ')}`);
  return parts.join(' · ');
}

function tellBlocked(finding: Finding): string[] {
  const attempts = `${formatCount(finding.rejected)} rejected ${finding.rejected === 1 ? 'record' : 'records'}`;
  if (finding.initiator === 'local') return [`the host tried: ${attempts}`, 'nothing got through'];
  const hosts = finding.host_count > 1 ? ` at ${formatCount(finding.host_count)} hosts` : '';
  if (finding.initiator === 'indicator') return [`${attempts}${hosts}, nothing answered`];
  return [`${attempts}${hosts}`, 'nothing got through'];
}

function tellTraffic(finding: Finding, records: number): string[] {
  const opened = {
    local: 'opened by the host',
    indicator: `opened from outside${tellIntruder(finding)}`,
    unknown: 'opened by whom is unknown',
  };
  const flow = `out ${formatBytes(finding.bytes_out)} in ${formatBytes(finding.bytes_in)}`;
  const count = `${formatCount(records)} ${records === 1 ? 'record' : 'records'}`;
  const parts = tellLarge(finding) ?? [opened[finding.initiator], tellBeacon(finding) ?? count, flow];
  if (finding.longest_connection !== null)
    parts.push(`one connection of ${formatDuration(finding.longest_connection.seconds)}`);
  if (finding.rejected > 0) parts.push(`${formatCount(finding.rejected)} rejected`);
  return parts;
}

/** Of much that left, how much is what matters: `42.0 GB left in 3 h 12 min`. */
function tellLarge({ severity_line, bytes_out, bytes_in, duration_seconds }: Finding): string[] | undefined {
  if (!severity_line.startsWith('opened-large')) return undefined;
  const time = duration_seconds === null ? '' : ` in ${formatDuration(duration_seconds)}`;
  return [`${formatBytes(bytes_out)} left${time}`, 'opened by the host', `${formatBytes(bytes_in)} came back`];
}

/** Of a network the one address that got in. */
function tellIntruder({ indicator, passed_ip: passed }: Finding): string {
  return passed.length === 1 && passed[0] !== indicator ? ` by ${passed[0]}` : '';
}

/** `288 contacts, every 5 min ± 4 s` */
function tellBeacon({ beacon, initiator }: Finding): string | undefined {
  if (beacon === null || !beacon.is_regular || initiator === 'indicator') return undefined;
  const rhythm = `every ${formatDuration(beacon.interval_seconds)} ± ${formatDuration(beacon.jitter_seconds)}`;
  return `${formatCount(beacon.contacts)} contacts, ${rhythm}`;
}

/** `4 s`, `5 min`, `3 h 12 min`, `2 d 4 h`: the two largest units, of which the smaller may lack. */
export function formatDuration(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  const at = Math.max(
    0,
    units.findIndex(([, size]) => seconds >= size),
  );
  const [[unit, size], smaller] = [seconds < 1 ? units[3] : units[at]!, seconds < 1 ? undefined : units[at + 1]];
  const whole = `${Math.floor(seconds / size)} ${unit}`;
  const rest = smaller === undefined ? 0 : Math.floor((seconds % size) / smaller[1]);
  return rest === 0 ? whole : `${whole} ${rest} ${smaller![0]}`;
}

function nameService(service: string): string {
  const [protocol = '', port] = service.split('/');
  const name = PROTOCOLS[protocol] ?? `protocol ${protocol}`;
  return port === undefined || port === '0' ? name : `${name}/${port}`;
}

function formatMinute(iso: string): string {
  return `${iso.slice(8, 10)} ${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(11, 16)}`;
}
