/** Parts of an OCSF Detection Finding that name addresses: the evidence, and what readers pivot by. */
import { canonicalAddress } from './address.ts';
import type { Finding, Leg } from './finding-document.ts';
import type { Initiator } from './initiator.ts';
import { type Host, parseService, toEnds } from './ocsf-conversation.ts';
import { toName } from './ocsf-event.ts';
import { toResources } from './ocsf-resource.ts';

/** As many legs, and addresses of each kind, as a person reads. */
export const MOST_SHOWN = 20;
const IP_ADDRESS = { type_id: 2, type: 'IP Address' };
const RESOURCE_UID = { type_id: 10, type: 'Resource UID' };

/** One per leg: the same stream as each interface saw it. */
export function toEvidences(finding: Finding) {
  const { protocol, port } = parseService(finding.services[0]?.service);
  const { initiator } = finding;
  const ports = initiator === 'indicator' ? { hostPort: port } : { remotePort: port };
  const remote = finding.indicator_ip[0] ?? finding.indicator;
  return finding.legs.slice(0, MOST_SHOWN).map((leg) => ({
    name: leg.is_outer ? 'flow records, far side of a gateway' : 'flow records',
    ...(toName(leg.interface_id) === undefined ? {} : { uid: toName(leg.interface_id) }),
    ...toEnds({ initiator, host: toHost(leg, finding), ...ports, remote, protocol }),
    data: { records: leg.records, bytes_out: leg.bytes_out, bytes_in: leg.bytes_in },
  }));
}

/** Instance and subnet are of the leg that the finding is told of; a gateway's interface is on neither. */
function toHost({ interface_id, local_ip }: Leg, finding: Finding): Host {
  const isOwn = interface_id === finding.interface_id && local_ip === finding.local_ip;
  return isOwn ? finding : { interface_id, local_ip, vpc_id: finding.vpc_id };
}

/** What readers pivot by, each with the place it stands in. */
export function toObservables(finding: Finding, partition: string) {
  const { host, remote } = nameEnds(finding.initiator);
  const toAddresses = (name: string, addresses: readonly string[]) =>
    addresses
      .slice(0, MOST_SHOWN)
      .filter((value) => canonicalAddress(value) !== undefined)
      .map((value) => ({ name, ...IP_ADDRESS, value }));
  const resources = toResources(finding, partition)
    .slice(0, MOST_SHOWN)
    .map(({ uid }) => ({ name: 'resources[].uid', ...RESOURCE_UID, value: uid }));
  return [...toAddresses(host, finding.hosts), ...toAddresses(remote, finding.indicator_ip), ...resources];
}

/** Where each end's address stands in the event. */
export function nameEnds(initiator: Initiator): { host: string; remote: string } {
  const [source, destination] = ['evidences[].src_endpoint.ip', 'evidences[].dst_endpoint.ip'] as const;
  return initiator === 'indicator' ? { host: destination, remote: source } : { host: source, remote: destination };
}
