/** Columns of findings as CSV; new ones come last, so that a program that counts them finds the old. */
import type { Finding } from '../core/finding-document.ts';

export const FINDING_COLUMNS = [
  ...['finding_id', 'severity', 'severity_reason', 'account_id', 'region', 'local_ip', 'instance_id', 'interface_id'],
  ...[
    'indicator',
    'indicator_ip',
    'comment',
    'source',
    'month',
    'initiator',
    'records_out',
    'bytes_out',
    'packets_out',
  ],
  ...['records_in', 'bytes_in', 'packets_in', 'accepted', 'rejected', 'first_seen', 'last_seen'],
  ...['kind', 'day', 'passed_ip', 'host_count', 'hosts', 'severity_line', 'technique', 'duration_seconds'],
  ...['data_ratio_out', 'data_ratio_in', 'aws_services'],
] as (keyof Finding & string)[];
