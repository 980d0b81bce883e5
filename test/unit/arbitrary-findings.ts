/** Findings as logs, lists and configuration could make them at worst. For tests only. */
import fc from 'fast-check';
import type { Finding } from '../../src/core/finding-document.ts';
import { SEVERITIES } from '../../src/core/severity.ts';
import { SEVERITY_LINE_IDS, SEVERITY_LINES } from '../../src/core/severity-table.ts';

/** Half characters, controls, markup, formulas, and far too much of everything. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '',
    ' ',
    '\n',
    '-',
    '\u0000\u001b[31m',
    'two\r\nlines',
    '\u2028',
    '\ufeff',
    '../../etc/passwd',
    'CON',
  ),
  fc.constantFrom('<script>alert(1)</script>', '=cmd|"/c calc"!A1', '__proto__', 'constructor', "'; DROP TABLE x; --"),
  fc
    .constantFrom('€', '😈', '\ud83d', '\u202e', 'e\u0301')
    .chain((unit) => fc.nat(6000).map((times) => unit.repeat(times))),
);
const address = fc.oneof(
  fc.ipV4(),
  fc.constantFrom('2001:db8::7', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '::ffff:192.0.2.1', '-', '10.0.0.5'),
);
const count = fc.oneof(fc.nat(3), fc.constantFrom(2 ** 31, Number.MAX_SAFE_INTEGER));
const big = fc.oneof(fc.bigInt(0n, 9n), fc.constantFrom(2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 64n));
const time = fc.option(fc.constantFrom('1970-01-01T00:00:00Z', '2026-09-01T00:05:12Z', '9999-12-31T23:59:59Z'));
const service = fc.constantFrom(
  '6/443',
  '17/53',
  '1',
  '58',
  '6/0',
  '255',
  '6/65535',
  '6/70000',
  '999/1',
  '9223372036854775807/9223372036854775807',
);
const service_records = fc.record({ service, records: count });
const leg = fc.record({
  ...{ account_id: text, interface_id: text, local_ip: address, records: count, bytes_out: big, bytes_in: big },
  is_outer: fc.boolean(),
});
const few = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 3 });
/** A /16 full of addresses, a host's two hundred legs. */
const many = <Item>(item: fc.Arbitrary<Item>, most: number) =>
  fc.oneof(
    few(item),
    fc.tuple(item, fc.nat(most)).map(([one, times]) => Array.from({ length: times }, () => one)),
  );
const techniques = fc.constantFrom(...SEVERITY_LINES.map(({ technique }) => technique), {
  id: 'T1021.004',
  name: 'SSH',
});
const hour = fc.record({ hour: fc.constant('2026-09-01T00:00:00Z'), records: count, bytes_out: big, bytes_in: big });
const beacon = fc.record({
  ...{ contacts: count, interval_seconds: count, jitter_seconds: count, is_regular: fc.boolean() },
});
const connection = fc.record({
  ...{ seconds: count, service, remote_ip: address },
  ...{ first_seen: fc.constant('2026-09-01T00:00:00Z'), last_seen: fc.constant('2026-09-01T09:00:00Z') },
});

const withoutContext: fc.Arbitrary<Finding> = fc.record({
  finding_id: fc.constantFrom('fh-4849ae187aaf8bd0cf0dbdeda3f65bbf5e593d41'),
  ...{ kind: fc.constantFrom('host' as const, 'scans' as const), severity: fc.constantFrom(...SEVERITIES) },
  ...{ severity_reason: text, severity_line: fc.constantFrom(...SEVERITY_LINE_IDS), technique: techniques },
  ...{ initiator: fc.constantFrom('local' as const, 'indicator' as const, 'unknown' as const), initiator_reason: text },
  ...{ account_id: text, region: text, local_ip: address, host_count: count, hosts: many(address, 20) },
  ...{ instance_id: fc.option(text), vpc_id: fc.option(text), subnet_id: fc.option(text), interface_id: text },
  indicator: fc.oneof(address, fc.constantFrom('203.0.113.0/24', '2001:db8::/32')),
  ...{
    indicator_ip: many(address, 65_536),
    passed_ip: many(address, 20),
    comment: text,
    source: text,
    also_in: many(text, 5000),
  },
  ...{ month: fc.constantFrom('2026-09', 'unknown'), day: fc.option(fc.constant('2026-09-01')) },
  ...{ records_out: count, bytes_out: big, packets_out: big, records_in: count, bytes_in: big, packets_in: big },
  ...{ accepted: count, rejected: count, data_ratio_out: fc.option(fc.constant('84.00')) },
  ...{ data_ratio_in: fc.option(fc.constant('0.10')), first_seen: time, last_seen: time },
  duration_seconds: fc.option(count),
  ...{ services: fc.array(service_records, { maxLength: 5 }), aws_services: few(text), beacon: fc.option(beacon) },
  ...{ longest_connection: fc.option(connection), hourly: many(hour, 744), legs: many(leg, 200) },
});

const peer = fc.record({
  ...{ from: address, to: address, records: count, bytes: big, data_ratio: fc.constant('84.00') },
  ...{ first_seen: fc.option(fc.constant('2026/09/01 00:05:12')), last_seen: time },
});
const context = fc.record({
  ...{ finding_id: fc.constant('fh-4849ae187aaf8bd0cf0dbdeda3f65bbf5e593d41'), execution: fc.constant('sweep_x') },
  ...{ asked_at: fc.constant('2026-09-10T12:00:00.000Z'), peers: fc.array(peer, { maxLength: 10 }) },
  window: fc.constant({ from: '2026-09-01', to: '2026-09-10' }),
  ever: fc.option(fc.record({ first_seen: time, last_seen: time, objects: count })),
});

export const findings: fc.Arbitrary<Finding> = fc.oneof(
  withoutContext,
  fc.tuple(withoutContext, context).map(([finding, known]) => ({ ...finding, context: known })),
);
