/** AWS resources of a host, as OCSF lists those that a finding is about. */
import type { Finding } from './finding-document.ts';
import { toName } from './ocsf-event.ts';

type Resource = { readonly uid: string; readonly [attribute: string]: unknown };

/** Roles: who is called from outside is a target, who called is affected. */
const [TARGET, AFFECTED] = [
  { role_id: 1, role: 'Target' },
  { role_id: 3, role: 'Affected' },
];

/** Instance, interface, subnet and VPC where the log names them, else the addresses of the hosts. */
export function toResources(finding: Finding, partition: string): Resource[] {
  const { account_id, region } = finding;
  const role = finding.initiator === 'indicator' ? TARGET : AFFECTED;
  const place = { cloud_partition: partition, ...(toName(region) === undefined ? {} : { region: toName(region) }) };
  const named = [
    ['AwsEc2Instance', 'instance', finding.instance_id],
    ['AwsEc2NetworkInterface', 'network-interface', finding.interface_id],
    ['AwsEc2Subnet', 'subnet', finding.subnet_id],
    ['AwsEc2Vpc', 'vpc', finding.vpc_id],
  ] as const;
  const resources = named.flatMap(([type, kind, id]) => {
    const name = toName(id);
    if (name === undefined) return [];
    const uid = `arn:${partition}:ec2:${toName(region) ?? ''}:${toName(account_id) ?? ''}:${kind}/${name}`;
    return [{ uid, name, type, ...place, ...role }];
  });
  if (resources.length > 0) return resources;
  return finding.hosts.map((ip) => ({
    uid: [toName(account_id) ?? '', toName(region) ?? '', ip].join('/'),
    name: ip,
    type: 'Host',
    ...place,
    ...role,
  }));
}
