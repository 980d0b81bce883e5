import { describe, expect, it } from 'vitest';
import { type ForeignReason, type LogObject, parseKey } from '../../src/core/log-object.ts';

const HASH = '5f3a9c01';

function fileName(region = 'us-east-1', time = '20260901T0005Z', ending = 'log.gz'): string {
  return `111122223333_vpcflowlogs_${region}_fl-0a1b2c3d4e5f60718_${time}_${HASH}.${ending}`;
}

function plain(region = 'us-east-1', day = '2026/09/01'): string {
  return `AWSLogs/111122223333/vpcflowlogs/${region}/${day}/`;
}

function hive(region = 'us-east-1', day = 'year=2026/month=09/day=01'): string {
  return `AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=${region}/${day}/`;
}

function delivered(key: string, more: Partial<LogObject> = {}): LogObject {
  return {
    key,
    identity: key.slice(key.lastIndexOf('/') + 1),
    accountId: '111122223333',
    region: 'us-east-1',
    date: '2026-09-01',
    flowLogId: 'fl-0a1b2c3d4e5f60718',
    ...more,
  };
}

/** An object whose file somebody renamed: the key from AWSLogs on is what tells it apart. */
function renamed(key: string, identity: string, more: Partial<LogObject> = {}): LogObject {
  const { flowLogId: _none, ...rest } = delivered(key, { identity, ...more });
  return rest;
}

describe('keys of log objects', () => {
  it.each([
    ['plain', plain() + fileName(), {}],
    ['plain, hourly', `${plain('us-east-1', '2026/09/01/13')}${fileName()}`, {}],
    ['Hive', hive() + fileName(), {}],
    ['Hive, hourly', hive('us-east-1', 'year=2026/month=09/day=01/hour=13') + fileName(), {}],
    ['prefixed', `flow logs/prod/${plain()}${fileName()}`, {}],
    ['prefixed, Hive', `a/b/c/${hive()}${fileName()}`, {}],
    ['absolute path', `/data/logs/${plain()}${fileName()}`, {}],
    ['organisation id', `AWSLogs/o-a1b2c3d4e5/111122223333/vpcflowlogs/us-east-1/2026/09/01/${fileName()}`, {}],
    [
      'organisation id, Hive',
      `p/AWSLogs/o-a1b2c3d4e5/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=09/day=01/${fileName()}`,
      {},
    ],
    ['GovCloud', plain('us-gov-west-1') + fileName('us-gov-west-1'), { region: 'us-gov-west-1' }],
    ['China', hive('cn-northwest-1') + fileName('cn-northwest-1'), { region: 'cn-northwest-1' }],
    ['a region of four parts', plain('ap-southeast-5') + fileName('ap-southeast-5'), { region: 'ap-southeast-5' }],
    ['not compressed', plain() + fileName('us-east-1', '20260901T0005Z', 'log'), {}],
    ['moved out of its folders', fileName(), {}],
    ['moved elsewhere', `evidence/case-17/${fileName('eu-west-1')}`, { region: 'eu-west-1' }],
    [
      'the day of the folders counts, not of the name',
      plain('us-east-1', '2026/08/31') + fileName(),
      { date: '2026-08-31' },
    ],
    [
      'AWSLogs twice: the last counts',
      `AWSLogs/444455556666/vpcflowlogs/eu-west-1/2025/01/01/${plain()}${fileName()}`,
      {},
    ],
  ])('%s', (_name, key, more) => {
    expect(parseKey(key)).toEqual({ logObject: delivered(key, more) });
  });

  it('the account and region of the folders win over those of the name', () => {
    const key = `AWSLogs/444455556666/vpcflowlogs/eu-west-1/2026/09/01/${fileName()}`;
    expect(parseKey(key)).toEqual({
      logObject: delivered(key, { accountId: '444455556666', region: 'eu-west-1' }),
    });
  });

  it.each([
    ['a name of one’s own', `backup/${plain()}copy.log.gz`, `${plain()}copy.log.gz`],
    ['a name of one’s own, other root', `elsewhere/${plain()}copy.log.gz`, `${plain()}copy.log.gz`],
    [
      'a name of one’s own, organisation id',
      'p/AWSLogs/o-a1b2c3d4e5/111122223333/vpcflowlogs/us-east-1/2026/09/01/13/copy.log',
      'AWSLogs/o-a1b2c3d4e5/111122223333/vpcflowlogs/us-east-1/2026/09/01/13/copy.log',
    ],
    [
      'a name of one’s own, organisation id, Hive',
      'AWSLogs/o-a1b2c3d4e5/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=09/day=01/hour=13/copy.log',
      'AWSLogs/o-a1b2c3d4e5/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=09/day=01/hour=13/copy.log',
    ],
    ['hourly', `${plain('us-east-1', '2026/09/01/23')}copy.log`, `${plain('us-east-1', '2026/09/01/23')}copy.log`],
    ['only .gz', `${hive()}joined.gz`, `${hive()}joined.gz`],
    ['only .log', `${plain()}joined.log`, `${plain()}joined.log`],
  ])('%s', (_name, key, identity) => {
    expect(parseKey(key)).toEqual({ logObject: renamed(key, identity) });
  });
});

describe('foreign keys', () => {
  const reasons: readonly (readonly [string, string, ForeignReason])[] = [
    ['folder', plain(), 'folder marker'],
    ['EMR folder', `${plain().slice(0, -1)}_$folder$`, 'folder marker'],
    ['nothing', '', 'folder marker'],
    ['CloudTrail', `AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/01/trail.json.gz`, 'not a flow log key'],
    ['access log', 'logs/2026-09-01-00-05-12-ABCDEF', 'not a flow log key'],
    ['Parquet', plain() + fileName('us-east-1', '20260901T0005Z', 'log.parquet'), 'Parquet'],
    ['Parquet, Hive', hive() + fileName('us-east-1', '20260901T0005Z', 'log.parquet'), 'Parquet'],
    ['manifest', `${plain()}manifest.json`, 'not a log file name'],
    ['no extension', `${plain()}README`, 'not a log file name'],
    ['unfinished copy', `${plain()}${fileName()}.part`, 'not a log file name'],
    [
      'account too short',
      `AWSLogs/11112222333/vpcflowlogs/us-east-1/2026/09/01/x.log.gz`,
      'no account, region and date in the key',
    ],
    ['no day', 'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/x.log.gz', 'no account, region and date in the key'],
    [
      'too deep',
      'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/13/extra/x.log.gz',
      'no account, region and date in the key',
    ],
    [
      'Hive without region',
      'AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/year=2026/month=09/day=01/x.log.gz',
      'no account, region and date in the key',
    ],
    [
      'not in AWSLogs',
      'NotAWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01/x.log.gz',
      'no account, region and date in the key',
    ],
    ['URL-encoded', `${plain().replaceAll('/', '%2F')}x.log.gz`, 'not a flow log key'],
    [
      'a name nearly delivered',
      `111122223333_vpcflowlogs_us-east-1_fl-XYZ_20260901T0005Z_${HASH}.log.gz`,
      'not a flow log key',
    ],
  ];

  it.each(reasons)('%s', (_name, key, foreign) => {
    expect(parseKey(key)).toEqual({ foreign });
  });
});
