import { describe, expect, it } from 'vitest';
import { type FieldType, FLOW_FIELDS } from '../../src/core/flow-field.ts';

/** VPC flow logs by version, docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html. */
const VPC_FIELDS: Readonly<Record<number, string>> = {
  2: 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  3: 'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr',
  4: 'region az-id sublocation-type sublocation-id',
  5: 'pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path',
  7: 'ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id',
  8: 'reject-reason',
  9: 'resource-id',
  10: 'encryption-status',
};

/** Transit gateway flow logs in their default order. */
const TRANSIT_GATEWAY_FIELDS =
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service';

/** Those that Parquet delivers as numbers; all others are text. */
const NUMBERS: Readonly<Record<'int' | 'bigint', string>> = {
  int: 'version srcport dstport protocol tcp-flags traffic-path encryption-status',
  bigint:
    'packets bytes start end packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired',
};

describe('FLOW_FIELDS', () => {
  it.each(Object.entries(VPC_FIELDS))('has the VPC fields of version %s, and no more', (version, names) => {
    const since = [...FLOW_FIELDS.values()].filter(({ sinceVersion }) => sinceVersion === Number(version));
    expect(since.map(({ name }) => name).sort()).toEqual(names.split(' ').sort());
  });

  it('counts 42 VPC fields and 36 transit gateway fields', () => {
    const vpc = Object.values(VPC_FIELDS).flatMap((names) => names.split(' '));
    const transitGateway = TRANSIT_GATEWAY_FIELDS.split(' ');
    expect(vpc.filter((name) => FLOW_FIELDS.has(name))).toHaveLength(42);
    expect(transitGateway.filter((name) => FLOW_FIELDS.has(name))).toHaveLength(36);
    expect([...FLOW_FIELDS.keys()].sort()).toEqual([...new Set([...vpc, ...transitGateway])].sort());
  });

  it('gives version 6 to what only transit gateways log', () => {
    const vpc = new Set(Object.values(VPC_FIELDS).flatMap((names) => names.split(' ')));
    const only = TRANSIT_GATEWAY_FIELDS.split(' ').filter((name) => !vpc.has(name));
    expect(only.map((name) => FLOW_FIELDS.get(name)?.sinceVersion)).toEqual(only.map(() => 6));
  });

  it('types them as Parquet delivery does', () => {
    const typed = (type: FieldType) => [...FLOW_FIELDS.values()].filter((field) => field.type === type);
    for (const [type, names] of Object.entries(NUMBERS)) {
      expect(
        typed(type as FieldType)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(names.split(' ').sort());
    }
  });

  it('describes each under its own name', () => {
    for (const [name, field] of FLOW_FIELDS) {
      expect(field.name).toBe(name);
      expect(field.description).toMatch(/^\S.{3,}/);
    }
    expect(new Set([...FLOW_FIELDS.values()].map(({ description }) => description)).size).toBe(FLOW_FIELDS.size);
  });
});
