/** Which MITRE ATT&CK technique a finding looks like: the severity line's, or a closer one by the port. */
import { REMOTE_SERVICES, type SeverityLine, type Technique } from './severity-table.ts';
import type { Tally } from './sighting.ts';

/** SSH, Telnet, RDP, VNC, WinRM. */
const ADMIN_PORTS: ReadonlySet<number> = new Set([22, 23, 3389, 5900, 5901, 5902, 5903, 5985, 5986]);

export function nameTechnique(line: SeverityLine, { services }: Pick<Tally, 'services'>): Technique {
  if (line.id !== 'let-in-answered') return line.technique;
  const ports = Object.keys(services).map((service) => Number(service.split('/')[1]));
  return ports.some((port) => ADMIN_PORTS.has(port)) ? REMOTE_SERVICES : line.technique;
}
