import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/core/evidence.ts';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import { foldFindings } from '../../src/core/finding.ts';
import { emptyVotes } from '../../src/core/initiator.ts';
import { toOcsf } from '../../src/core/ocsf.ts';
import { type NamedAddresses, toNetworkActivity, toRecordActivity } from '../../src/core/ocsf-network-activity.ts';
import { REMOTE_SERVICES, SEVERITY_LINES } from '../../src/core/severity-table.ts';
import type { Tally } from '../../src/core/sighting.ts';
import { type Sighting, toSightings } from '../../src/core/sighting-document.ts';
import { findings } from './arbitrary-findings.ts';
import { problemsOf } from './ocsf-schema.ts';
import { MIDNIGHT, makeTally, makeTwoWayTally } from './tallies.ts';

const TELLING = { version: '0.1.0', updatedAt: '2026-09-10T12:00:00.000Z' };
// biome-ignore lint/suspicious/noExplicitAny: the schema says what is in it
type Json = any;

const inbound = { ...emptyVotes(), synIndicator: 9 };

function tell(more: Partial<Tally> = {}): Json {
  return fromJson(toJson(toOcsf(foldFindings([makeTwoWayTally(more)]).findings[0]!, TELLING)));
}

function sight(more: Partial<Tally> = {}): Sighting {
  const tallies = [makeTwoWayTally(more)];
  return toSightings(tallies, foldFindings(tallies))[0]!;
}

describe('the schema', () => {
  it('refuses what is wrong', () => {
    const event = tell();
    expect(problemsOf(event)).toEqual([]);
    for (const broken of [
      { ...event, severity_id: 7 },
      { ...event, type_uid: 200_409 },
      { ...event, time: undefined },
      { ...event, made_up: 1 },
      { ...event, evidences: [{ src_endpoint: { port: 80 } }] },
    ]) {
      expect(problemsOf(broken)).not.toEqual([]);
    }
  });
});

describe('toOcsf', () => {
  it('tells a conversation that the host opened', () => {
    const event = tell({ instanceIds: ['i-0a1b'], vpcIds: ['vpc-0a'], subnetIds: ['subnet-0a'] });
    expect(problemsOf(event)).toEqual([]);
    expect(event).toMatchObject({
      ...{
        class_uid: 2004,
        category_uid: 2,
        activity_id: 1,
        type_uid: 200_401,
        type_name: 'Detection Finding: Create',
      },
      ...{ time: Date.parse(TELLING.updatedAt), start_time: MIDNIGHT * 1000, end_time: (MIDNIGHT + 3600) * 1000 },
      ...{ duration: 3_600_000, severity_id: 4, severity: 'High', status_id: 1, is_alert: true, count: 19 },
      ...{ action_id: 1, disposition_id: 1 },
      metadata: { version: '1.8.0', product: { name: 'Flowhound', version: '0.1.0' } },
      cloud: { provider: 'AWS', region: 'us-east-1', account: { uid: '111122223333', type_id: 10 } },
      osint: [{ type_id: 1, value: '203.0.113.7', comment: 'C2', references: ['iocs.csv'] }],
      unmapped: { initiator: 'local', severity_line: 'opened-two-way', bytes_out: 8400, bytes_in: 5000 },
    });
    expect(event.finding_info).toMatchObject({
      title: '10.0.0.5 and 203.0.113.7 (C2)',
      attacks: [
        {
          technique: { uid: 'T1071', name: 'Application Layer Protocol' },
          tactic: { uid: 'TA0011', name: 'Command and Control' },
        },
      ],
    });
    expect(event.evidences).toEqual([
      {
        ...{ name: 'flow records', uid: 'eni-0a1b2c3d', data: { records: 19, bytes_out: 8400, bytes_in: 5000 } },
        src_endpoint: {
          ...{ ip: '10.0.0.5', interface_uid: 'eni-0a1b2c3d', instance_uid: 'i-0a1b', subnet_uid: 'subnet-0a' },
          ...{ vpc_uid: 'vpc-0a' },
        },
        dst_endpoint: { ip: '203.0.113.7', port: 443 },
        connection_info: {
          ...{ direction_id: 2, direction: 'Outbound', protocol_num: 6, protocol_name: 'tcp', protocol_ver_id: 4 },
        },
      },
    ]);
    expect(event.resources.map(({ uid }: { uid: string }) => uid)).toEqual([
      'arn:aws:ec2:us-east-1:111122223333:instance/i-0a1b',
      'arn:aws:ec2:us-east-1:111122223333:network-interface/eni-0a1b2c3d',
      'arn:aws:ec2:us-east-1:111122223333:subnet/subnet-0a',
      'arn:aws:ec2:us-east-1:111122223333:vpc/vpc-0a',
    ]);
    expect(event.observables).toContainEqual({
      name: 'evidences[].dst_endpoint.ip',
      type_id: 2,
      type: 'IP Address',
      value: '203.0.113.7',
    });
  });

  it('puts the indicator first where it began: the service is ours', () => {
    const [evidence] = tell({ votes: inbound, services: { '6/22': 19 } }).evidences;
    expect(evidence).toMatchObject({
      ...{ src_endpoint: { ip: '203.0.113.7' }, dst_endpoint: { ip: '10.0.0.5', port: 22 } },
      connection_info: { direction_id: 1, direction: 'Inbound' },
    });
    expect(evidence.src_endpoint).not.toHaveProperty('port');
  });

  it('has one id for a finding, and says when it was told first', () => {
    const [finding] = foldFindings([makeTwoWayTally()]).findings;
    const later = toOcsf(finding!, { ...TELLING, createdAt: '2026-09-02T00:00:00.000Z' }) as Json;
    expect(problemsOf(later)).toEqual([]);
    expect(later).toMatchObject({
      activity_id: 2,
      type_uid: 200_402,
      metadata: { correlation_uid: finding!.finding_id },
    });
    expect(later.finding_info).toMatchObject({ uid: finding!.finding_id, created_time: Date.UTC(2026, 8, 2) });
    expect(later.finding_info.modified_time).toBe(later.time);
  });

  it('scans that all were rejected: denied, no alert', () => {
    const scans = makeTally({ recordsIn: 5, rejectedIn: 5, votes: inbound });
    const event = toOcsf(foldFindings([scans]).findings[0]!, TELLING) as Json;
    expect(problemsOf(event)).toEqual([]);
    expect(event).toMatchObject({ severity_id: 1, is_alert: false, action_id: 2, disposition_id: 2 });
    expect(event.finding_info.attacks[0].tactic.name).toBe('Reconnaissance');
    expect(event.resources[0].role).toBe('Target');
  });

  it('says what to do next, and what is known of host and indicator beside it', () => {
    const [finding] = foldFindings([makeTwoWayTally()]).findings;
    const peer = { from: '10.0.0.5', to: '192.0.2.1', records: 3, bytes: 2n ** 60n, data_ratio: '1.00' };
    const context = {
      ...{ finding_id: finding!.finding_id, execution: 'x', asked_at: TELLING.updatedAt },
      ...{ window: { from: '2026-09-01', to: '2026-09-03' }, peers: [{ ...peer, first_seen: null, last_seen: null }] },
      ever: { first_seen: '2026-08-01T00:00:00Z', last_seen: null, objects: 4 },
    };
    const event = toOcsf({ ...finding!, context }, TELLING) as Json;
    expect(problemsOf(event)).toEqual([]);
    expect(event.remediation.desc).toMatch(/^Isolate the host .* · npx flowhound hunt --ip 203\.0\.113\.7 /);
    expect(event.enrichments).toMatchObject([
      { value: '10.0.0.5', data: { peers: [{ bytes: 2n ** 60n }] } },
      { value: '203.0.113.7', data: { objects: 4 } },
    ]);
  });

  it('knows the tactic of every technique that a severity line names', () => {
    const [finding] = foldFindings([makeTwoWayTally()]).findings;
    for (const technique of [...SEVERITY_LINES.map((line) => line.technique), REMOTE_SERVICES]) {
      const event = toOcsf({ ...finding!, technique }, TELLING) as Json;
      expect(event.finding_info.attacks).toEqual([
        { technique: expect.objectContaining({ uid: technique.id }), tactic: expect.anything() },
      ]);
    }
  });

  it('keeps bytes exact', () => {
    const text = toJson(toOcsf(foldFindings([makeTwoWayTally({ bytesOut: 2n ** 62n + 1n })]).findings[0]!, TELLING));
    expect(text).toContain(`"bytes_out":${2n ** 62n + 1n}`);
    expect(text).toContain(`"bytes":${2n ** 62n + 5001n}`);
  });

  it('whatever logs and lists hold, the schema takes it, and so would a queue', () => {
    fc.assert(
      fc.property(findings, (finding) => {
        const event = toOcsf(finding, TELLING);
        expect(problemsOf(event)).toEqual([]);
        expect(Buffer.byteLength(toJson(event))).toBeLessThan(240_000);
      }),
    );
  });
});

describe('toNetworkActivity', () => {
  it('counts both ways from who began', () => {
    const opened = toNetworkActivity(sight(), TELLING) as Json;
    expect(problemsOf(opened)).toEqual([]);
    expect(opened).toMatchObject({
      ...{ class_uid: 4001, activity_id: 6, type_uid: 400_106, time: (MIDNIGHT + 3600) * 1000, count: 19 },
      ...{ src_endpoint: { ip: '10.0.0.5' }, dst_endpoint: { ip: '203.0.113.7' }, is_src_dst_assignment_known: true },
      connection_info: { direction_id: 2 },
      traffic: { bytes: 13_400n, bytes_out: 8400n, bytes_in: 5000n, packets: 190n, packets_out: 100n, packets_in: 90n },
    });
    const called = toNetworkActivity(sight({ votes: inbound }), TELLING) as Json;
    expect(problemsOf(called)).toEqual([]);
    expect(called).toMatchObject({
      ...{ src_endpoint: { ip: '203.0.113.7' }, connection_info: { direction_id: 1 } },
      traffic: { bytes: 13_400n, bytes_out: 5000n, bytes_in: 8400n },
    });
  });

  it('does not say who began where nobody knows', () => {
    const event = toNetworkActivity(sight({ votes: emptyVotes() }), TELLING);
    expect(problemsOf(event)).toEqual([]);
    expect(event).toMatchObject({ is_src_dst_assignment_known: false, connection_info: { direction_id: 0 } });
  });

  it('whatever logs and lists hold, the schema takes it', () => {
    fc.assert(
      fc.property(findings, (finding) => {
        expect(problemsOf(toNetworkActivity(finding, TELLING))).toEqual([]);
      }),
    );
  });
});

describe('toRecordActivity', () => {
  const named: NamedAddresses = new Map([
    ['203.0.113.7', { indicator: '203.0.113.0/24', comment: 'C2', source: 'iocs.csv' }],
    ['2001:db8::7', { indicator: '2001:db8::7', comment: '', source: '' }],
  ]);
  const record: Evidence = {
    ...{
      object: 'object.log.gz',
      line_number: 7,
      account_id: '111122223333',
      region: 'us-east-1',
      interface_id: 'eni-0a',
    },
    ...{
      srcaddr: '10.0.0.5',
      dstaddr: '10.0.0.220',
      pkt_srcaddr: '10.0.0.5',
      pkt_dstaddr: '203.0.113.7',
      srcport: 49_152,
    },
    ...{ dstport: 443, protocol: 6, packets: 10, bytes: 2n ** 60n, start_time: MIDNIGHT, end_time: MIDNIGHT + 60 },
    ...{ action: 'ACCEPT', tcp_flags: 2, flow_direction: 'egress', instance_id: null, vpc_id: null, subnet_id: null },
    ...{ pkt_src_aws_service: null, pkt_dst_aws_service: null, line: '2 111122223333 eni-0a 10.0.0.5' },
  };

  it('tells one record with its verbatim line', () => {
    const event = toRecordActivity(record, named, '0.1.0') as Json;
    expect(problemsOf(event)).toEqual([]);
    expect(event).toMatchObject({
      ...{ time: (MIDNIGHT + 60) * 1000, raw_data: record.line, metadata: { uid: 'object.log.gz:7' } },
      ...{ src_endpoint: { ip: '10.0.0.5', port: 49_152 }, dst_endpoint: { ip: '203.0.113.7', port: 443 } },
      ...{ connection_info: { direction_id: 2 }, osint: [{ value: '203.0.113.0/24', subnet: '203.0.113.0/24' }] },
      traffic: { bytes: 2n ** 60n, bytes_out: 2n ** 60n, packets: 10n },
    });
    expect(event.traffic).not.toHaveProperty('bytes_in');
  });

  it('an answer is bytes in: the source stays who opened it', () => {
    const answer = {
      ...record,
      ...{ srcaddr: '203.0.113.7', dstaddr: '10.0.0.5', pkt_srcaddr: null, pkt_dstaddr: null },
      ...{ srcport: 443, dstport: 49_152, tcp_flags: 18, flow_direction: 'ingress' },
    };
    const event = toRecordActivity(answer, named, '0.1.0') as Json;
    expect(problemsOf(event)).toEqual([]);
    expect(event).toMatchObject({
      ...{ src_endpoint: { ip: '10.0.0.5' }, dst_endpoint: { ip: '203.0.113.7', port: 443 } },
      traffic: { bytes_in: 2n ** 60n },
    });
    expect(event.traffic).not.toHaveProperty('bytes_out');
  });

  it('whatever a record holds, the schema takes it', () => {
    const address = fc.option(fc.constantFrom('10.0.0.5', '203.0.113.7', '2001:db8::7', '192.0.2.1'));
    const integer = fc.option(fc.oneof(fc.nat(70_000), fc.constant(2n ** 63n - 1n)));
    const text = fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('ACCEPT', 'REJECT', '\ud83d')));
    const odd = fc.record({
      ...{ srcaddr: address, dstaddr: address, pkt_srcaddr: address, pkt_dstaddr: address, srcport: integer },
      ...{ dstport: integer, protocol: integer, packets: integer, bytes: integer, start_time: integer },
      ...{ end_time: integer, action: text, tcp_flags: integer, flow_direction: text, instance_id: text },
      ...{
        vpc_id: text,
        subnet_id: text,
        line: text.map((line) => line ?? ''),
        object: text.map((name) => name ?? ''),
      },
      ...{
        account_id: text.map((id) => id ?? ''),
        region: text.map((name) => name ?? ''),
        interface_id: text.map((id) => id ?? '-'),
      },
    });
    fc.assert(
      fc.property(odd, (more) => {
        const event = toRecordActivity({ ...record, ...more }, named, '0.1.0');
        expect(problemsOf(event)).toEqual([]);
      }),
    );
  });
});
