/** Tables of log objects: where they lie, and columns that no format can make clash. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLOW_FIELDS } from '../../src/core/flow-field.ts';
import { FLOW_COLUMNS } from '../../src/core/flow-table.ts';
import { PARTITION_COLUMNS, toLogTable, toTablePlace } from '../../src/core/log-table.ts';

const ROOT = 's3://example-logs/AWSLogs/';
const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const NAME = '111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60718_20260901T0005Z_5f3a9c01.log.gz';

function columnsOf(fields: readonly string[]): string[] {
  return toLogTable(ROOT, { fields }).columns.map(({ name, type }) => `${name} ${type}`);
}

describe('toTablePlace', () => {
  const hive = 'aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=09/day=01';
  it.each([
    ['plain', 'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01', '', 'AWSLogs/'],
    ['hourly', 'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01', '07/', 'AWSLogs/'],
    ['prefixed', 'a/flow logs/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01', '', 'a/flow logs/AWSLogs/'],
    ['dated prefix', '2020/01/01/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01', '', '2020/01/01/AWSLogs/'],
    ['AWSLogs twice', 'AWSLogs/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01', '', 'AWSLogs/AWSLogs/'],
    ['organisation', 'AWSLogs/o-a1b2c3d4e5/111122223333/vpcflowlogs/us-east-1/2026/09/01', '', 'AWSLogs/o-a1b2c3d4e5/'],
    ['Hive', `AWSLogs/${hive}`, '', 'AWSLogs/aws-account-id='],
    ['Hive, hourly', `x/AWSLogs/${hive}`, 'hour=07/', 'x/AWSLogs/aws-account-id='],
  ])('%s', (_name, day, hour, root) => {
    expect(toTablePlace(`s3://example-logs/${day}/${hour}${NAME}`)).toEqual({
      root: `s3://example-logs/${root}`,
      dayFolder: `s3://example-logs/${day}/`,
    });
  });

  it.each([
    ['no AWSLogs', '111122223333/vpcflowlogs/us-east-1/2026/09/01'],
    ['no day', 'AWSLogs/111122223333/vpcflowlogs/us-east-1'],
    ['no account', 'AWSLogs/vpcflowlogs/us-east-1/2026/09/01'],
  ])('has no place with %s', (_name, folder) => {
    expect(toTablePlace(`s3://example-logs/${folder}/${NAME}`)).toBeUndefined();
  });

  it('a day of Hive-style keys and one of plain keys are in two tables, over the same folder', () => {
    const [plain, other] = ['AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01', `AWSLogs/${hive}`].map((day) =>
      toLogTable(toTablePlace(`s3://example-logs/${day}/${NAME}`)!.root, { fields: V2.split(' ') }),
    );
    expect(plain!.name).not.toBe(other!.name);
    expect([plain!.root, other!.root]).toEqual([ROOT, ROOT]);
  });
});

describe('toLogTable', () => {
  it('has the fields in the order of the text under the playbook’s names, what the format lacks behind', () => {
    const columns = columnsOf(V2.split(' '));
    const standard = FLOW_COLUMNS.map(({ column, type }) => `${column} ${type}`);
    expect(columns.slice(0, 14)).toEqual(standard.slice(0, 14));
    expect(columns.toSorted()).toEqual(standard.toSorted());
    expect(columnsOf(['dstaddr', 'bytes', 'srcaddr']).slice(0, 3)).toEqual([
      ...['destinationaddress string', 'numbytes bigint', 'sourceaddress string'],
    ]);
  });

  it('calls a field that the playbook has not by its own name and type', () => {
    const fields = ['srcaddr', 'dstaddr', 'tgw-id', 'packets-lost-no-route', 'encryption-status', 'Next-Years.Field'];
    expect(columnsOf(fields).slice(2, 6)).toEqual([
      ...['tgw_id string', 'packets_lost_no_route bigint', 'encryption_status int', 'next_years_field string'],
    ]);
  });

  it.each([
    ['a field given twice', ['srcaddr', 'dstaddr', 'srcaddr'], ['field_3 string']],
    ['no name', ['srcaddr', 'dstaddr', '', '7', '--'], ['field_3 string', 'field_4 string', 'field_5 string']],
    [
      'a name like another',
      ['srcaddr', 'dstaddr', 'a-b', 'a_b', 'A.B'],
      ['a_b string', 'field_4 string', 'field_5 string'],
    ],
    [
      'a name like a column of another field',
      ['srcaddr', 'dstaddr', 'numbytes', 'bytes'],
      ['field_3 string', 'numbytes bigint'],
    ],
    ['a name like a column that it lacks', ['srcaddr', 'dstaddr', 'account'], ['field_3 string']],
    ['a name like a partition', ['srcaddr', 'dstaddr', 'date-partition'], ['field_3 string']],
    ['a name like a stopgap', ['srcaddr', 'dstaddr', 'field_4', ''], ['field_4 string', 'field_4_ string']],
    ['a name too long for the catalogue', ['srcaddr', 'dstaddr', 'x'.repeat(256)], ['field_3 string']],
  ])('%s', (_name, fields, columns) => {
    expect(columnsOf(fields).slice(2, 2 + columns.length)).toEqual(columns);
  });

  it('never gives two columns one name, nor a name that the catalogue refuses, whatever the header', () => {
    const odd = fc.constantFrom(
      '',
      'numbytes',
      'field_1',
      'field_2',
      'field_3',
      'field_3_',
      'a-b',
      'a_b',
      'A-B',
      'é',
      ...PARTITION_COLUMNS,
    );
    const field = fc.oneof(fc.constantFrom(...FLOW_FIELDS.keys()), odd, fc.string());
    fc.assert(
      fc.property(fc.array(field, { maxLength: 12 }), (more) => {
        const fields = ['srcaddr', 'dstaddr', ...more];
        const { columns } = toLogTable(ROOT, { fields });
        const names = columns.map(({ name }) => name);
        expect(new Set([...names, ...PARTITION_COLUMNS]).size).toBe(names.length + PARTITION_COLUMNS.length);
        for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]{0,254}$/);
        // A known field is under its name at its first place, and each column of the playbook is there once.
        for (const { column, field: known } of FLOW_COLUMNS) {
          if (fields.includes(known)) expect(names.indexOf(column)).toBe(fields.indexOf(known));
          expect(names).toContain(column);
        }
      }),
    );
  });

  it('is named after its root and its fields in their order', () => {
    const name = (root: string, fields: string) => toLogTable(root, { fields: fields.split(' ') }).name;
    expect(name(ROOT, V2)).toMatch(/^flow_[0-9a-f]{16}$/);
    expect(name(ROOT, V2)).toBe(name(ROOT, V2));
    const others = [
      name('s3://other/AWSLogs/', V2),
      name(ROOT, V2.split(' ').reverse().join(' ')),
      name(ROOT, 'srcaddr dstaddr'),
    ];
    expect(new Set([name(ROOT, V2), ...others]).size).toBe(4);
  });
});
