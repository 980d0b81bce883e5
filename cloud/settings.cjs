/**
 * Params of serverless.yml, checked together and turned into what resources need. Every problem is named at once, in one
 * line. It is CommonJS, as both osls and serverless 4 load it: `${file(cloud/settings.cjs)}`.
 */
'use strict';

const readNotices = require('./notice-settings.cjs');

/** A key's prefix goes into event patterns and policies, where `*`, `?`, `$` and `\` would mean something else. */
const LOCATION = /^(?:s3:\/\/)?([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9_.=+/-]*))?$/;
/** Each is in the policies of several roles, which may have 10,240 characters: at 40 the state machine's had 12,772. */
const MOST_LOCATIONS = 20;
const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;
const CIDR = /^[0-9a-fA-F:.]+(\/\d{1,3})?$/;
const EMAIL = /^[^\s@,]+@[^\s@,]+$/;
const FOLDER = /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*\/?$/;
const NAT_GATEWAY = /^nat-([0-9a-f]{8}|[0-9a-f]{17})$/;
const FLOW_LOG_TYPES = [
  [/^vpc-[0-9a-f]{8,17}$/, 'VPC'],
  [/^subnet-[0-9a-f]{8,17}$/, 'Subnet'],
  [/^eni-[0-9a-f]{8,17}$/, 'NetworkInterface'],
];
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/** Shortly after midnight UTC: the last objects of a day are delivered some minutes after its end. */
const SCHEDULES = {
  daily: { expression: 'cron(30 0 * * ? *)', days: 1 },
  weekly: { expression: 'cron(30 0 ? * MON *)', days: 7 },
  monthly: { expression: 'cron(30 0 1 * ? *)', days: 31 },
};

module.exports = async ({ resolveVariable }) => {
  const problems = [];
  const values = new Map();
  const read = async (name) => {
    values.set(name, String((await resolveVariable(`param:${name}`)) ?? '').trim());
    return values.get(name);
  };
  const check = new Check(read, problems);
  const settings = {
    ...(await readLogs(check)),
    ...(await readPartitions(check)),
    ...(await readFlowLog(check)),
    ...(await readNumbers(check)),
    ...(await readChoices(check)),
    ...(await readLists(check)),
    ...(await readNotices(check)),
    database: await readDatabase(resolveVariable, problems),
  };
  refuseOddPairs(settings, problems);
  if (problems.length > 0) throw oneLine(`params refused: ${problems.join('; ')}`);
  return { ...settings, given: await toGiven(values, resolveVariable) };
};

/** What was given beside serverless.yml, for the next deployment to take over: JSON, in the order of the names. */
async function toGiven(values, resolveVariable) {
  const written = (await resolveVariable('self:params')) ?? {};
  const stage = String(await resolveVariable('sls:stage'));
  const inFile = { ...written.default, ...written[stage] };
  const given = [...values].filter(([name, value]) => value !== String(inFile[name] ?? '').trim());
  return JSON.stringify(Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** The stage is in the names of buckets and of the database. */
async function readDatabase(resolveVariable, problems) {
  const stage = String(await resolveVariable('sls:stage'));
  if (!/^[a-z][a-z0-9-]{0,15}$/.test(stage))
    problems.push(`stage: "${stage}" is not up to 16 lower-case letters, digits and dashes`);
  return `flowhound_${stage.replaceAll('-', '_')}`;
}

/** Reads a param by its kind; what is wrong is noted, not thrown, so that all of it is told at once. */
class Check {
  constructor(read, problems) {
    this.text = read;
    this.problems = problems;
  }

  refuse(name, value, wanted) {
    this.problems.push(`${name}: "${value}" is not ${wanted}`);
  }

  async choice(name, choices) {
    const value = await this.text(name);
    if (!choices.includes(value))
      this.refuse(name, value, `one of ${choices.filter((choice) => choice !== '').join(', ')}`);
    return value;
  }

  async whole(name, least, most) {
    const text = await this.text(name);
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    this.refuse(name, text, `a whole number from ${least} to ${most}`);
    return least;
  }

  async match(name, pattern, wanted) {
    const value = await this.text(name);
    if (value !== '' && !pattern.test(value)) this.refuse(name, value, wanted);
    return value;
  }

  /** Comma-separated, blanks allowed. */
  async list(name, pattern, wanted) {
    const items = (await this.text(name)).split(',').map((item) => item.trim());
    const given = items.filter((item) => item !== '');
    for (const item of given) if (!pattern.test(item)) this.refuse(name, item, wanted);
    return given;
  }

  /** A UTC day, `2026-09-01`. */
  async day(name) {
    const value = await this.text(name);
    if (value === '') return undefined;
    const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
    if (isDay && new Date(value).toISOString().startsWith(value)) return value;
    this.refuse(name, value, 'a day such as 2026-09-01');
    return undefined;
  }
}

/** Where log objects lie, how their events come, and who may read or deliver them. */
async function readLogs(check) {
  const given = await check.list('logLocations', LOCATION, 'a bucket or s3://bucket/prefix/');
  const folder = await check.match('logFolder', FOLDER, 'a folder such as vpc/logs');
  const accounts = await check.list('logAccounts', ACCOUNT, 'an account of 12 digits');
  const keys = await check.list('logKeys', KEY_ARN, 'the ARN of a KMS key');
  for (const name of ['logFolder', 'logLocations']) {
    const value = await check.text(name);
    if (value.split(/[/,]/).some((part) => part.trim() === 'AWSLogs')) {
      check.problems.push(`${name}: "AWSLogs" is reserved, flow logs are delivered to AWSLogs/ below it; leave it out`);
    }
  }
  if (given.length > MOST_LOCATIONS) {
    check.problems.push(
      `logLocations: ${given.length} of them, ${MOST_LOCATIONS} at most; name a prefix above several, or deploy another stage`,
    );
  }
  if (given.length > 0 && folder !== '') {
    check.problems.push('logFolder: it is for the bucket made here; write the folder of your own into logLocations');
  }
  const locations = given.map((text) => toLocation(LOCATION.exec(text)));
  const own = { Ref: 'AWS::AccountId' };
  const sources = [own, ...accounts];
  const events = await check.choice('events', ['eventbridge', 's3']);
  return {
    ...(locations.length > 0 ? toOwnLogs(locations) : toMadeLogs(slashed(folder))),
    events,
    // Events of other accounts' buckets come by a bus of our own; deliveries into the bucket made here need none.
    takesForwarded: events === 'eventbridge' && locations.length > 0 && accounts.length > 0 ? 'yes' : 'no',
    forwardingAccounts: accounts.length > 0 ? accounts : [own],
    sourceAccounts: sources,
    deliveryArns: sources.map(toDeliveryArn),
    logKeyArns: [{ 'Fn::GetAtt': ['Key', 'Arn'] }, ...keys],
  };
}

function toDeliveryArn(account) {
  const id = typeof account === 'string' ? account : `\${AWS::AccountId}`;
  return { 'Fn::Sub': `arn:\${AWS::Partition}:logs:*:${id}:*` };
}

function toLocation(found) {
  return { bucket: found?.[1] ?? '', prefix: slashed(found?.[2] ?? '') };
}

function slashed(folder) {
  return folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
}

function toOwnLogs(locations) {
  const bucketArn = ({ bucket }) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${bucket}` });
  const below = (end) => (location) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:s3:::${location.bucket}/${location.prefix}${end}`,
  });
  return {
    makesLogBucket: 'no',
    logLocations: locations.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`).join(','),
    logBuckets: unique(locations.map(({ bucket }) => bucket)),
    logBucketArns: uniqueBy(locations, 'bucket').map(bucketArn),
    notifyingBucketArns: uniqueBy(locations, 'bucket').map(bucketArn),
    logObjectArns: locations.map(below('AWSLogs/*vpcflowlogs/*')),
    logListPrefixes: unique(locations.map(({ prefix }) => `${prefix}AWSLogs/*`)),
    logKeyPatterns: unique(locations.map(({ prefix }) => `${prefix}AWSLogs/*vpcflowlogs/*`)).map((wildcard) => ({
      wildcard,
    })),
    logDestination: toDestination(locations[0].bucket, locations[0].prefix),
    logFolder: '',
  };
}

/** Of a flow log: with a slash at its end only behind a folder. */
function toDestination(bucket, folder) {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${bucket}${folder === '' ? '' : `/${folder}`}` };
}

function toMadeLogs(folder) {
  return {
    makesLogBucket: 'yes',
    logLocations: { 'Fn::Sub': `s3://\${LogBucket}/${folder}` },
    logBuckets: [{ Ref: 'LogBucket' }],
    logBucketArns: [{ 'Fn::GetAtt': ['LogBucket', 'Arn'] }],
    // Not the bucket itself: it waits for the policy that this stands in. CloudFormation names buckets after the stack.
    notifyingBucketArns: [{ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::\${AWS::StackName}-logbucket-*` }],
    logObjectArns: [{ 'Fn::Sub': `\${LogBucket.Arn}/${folder}AWSLogs/*vpcflowlogs/*` }],
    logListPrefixes: [`${folder}AWSLogs/*`],
    logKeyPatterns: [{ wildcard: `${folder}AWSLogs/*vpcflowlogs/*` }],
    // A bucket policy is referred to by its bucket's name: so the flow log waits until it may be delivered.
    logDestination: toDestination(`\${LogBucketPolicy}`, folder),
    logFolder: folder,
  };
}

/** How partitions come to the log tables; the rules of dates are the playbook's. */
async function readPartitions(check) {
  const partitions = await check.choice('partitions', ['events', 'projection', 'schedule']);
  const schedule = await check.choice('partitionSchedule', ['', 'daily', 'weekly', 'monthly', 'none']);
  const from = await check.day('partitionFrom');
  const to = await check.day('partitionTo');
  const accounts = await check.list('partitionAccounts', ACCOUNT, 'an account of 12 digits');
  const regions = await check.list('partitionRegions', REGION, 'a region such as eu-central-1');
  const today = new Date().toISOString().slice(0, 10);
  const say = (text) => check.problems.push(text);
  if (partitions === 'schedule' && schedule === '')
    say('partitionSchedule: one of daily, weekly, monthly, none is needed');
  if (partitions !== 'schedule' && schedule !== '') say('partitionSchedule: it works with partitions=schedule only');
  if (schedule === 'none' && (from === undefined || to === undefined || to >= today)) {
    say('partitionSchedule: none needs partitionFrom and partitionTo, both in the past');
  }
  if (from !== undefined && to !== undefined && from > to) say(`partitionFrom: ${from} is after partitionTo ${to}`);
  if (partitions === 'projection' && (accounts.length === 0 || regions.length === 0 || from === undefined)) {
    say(
      'partitions: projection needs partitionAccounts, partitionRegions and partitionFrom (an account or region not listed has no rows)',
    );
  }
  if (partitions === 'events' && (from ?? to) !== undefined)
    say('partitionFrom, partitionTo: events register what comes; backfill registers what was there before');
  return {
    partitions,
    partitionFrom: from ?? '',
    partitionTo: to ?? '',
    projectionFrom: (from ?? '').replaceAll('-', '/'),
    partitionAccounts: accounts.join(','),
    partitionRegions: regions.join(','),
    loadsPartitions: partitions === 'schedule' ? 'yes' : 'no',
    // With dates it is loaded once, after each deployment; without, again and again.
    loadsAgain: partitions === 'schedule' && schedule !== 'none' && to === undefined ? 'yes' : 'no',
    loadSchedule: (SCHEDULES[schedule] ?? SCHEDULES.daily).expression,
    loadDays: (SCHEDULES[schedule] ?? SCHEDULES.daily).days,
  };
}

async function readFlowLog(check) {
  const flowLogFor = await check.text('flowLogFor');
  const type = FLOW_LOG_TYPES.find(([pattern]) => pattern.test(flowLogFor))?.[1];
  if (flowLogFor !== '' && type === undefined)
    check.refuse('flowLogFor', flowLogFor, 'the id of a VPC, a subnet or a network interface');
  const seconds = await check.choice('flowLogSeconds', ['60', '600']);
  return {
    flowLogFor,
    flowLogType: type ?? 'VPC',
    flowLogTraffic: await check.choice('flowLogTraffic', ['ALL', 'ACCEPT', 'REJECT']),
    flowLogSeconds: Number(seconds),
  };
}

async function readNumbers(check) {
  const retention = await check.whole('logRetentionDays', 1, 3653);
  if (!RETENTIONS.includes(retention)) check.refuse('logRetentionDays', retention, `one of ${RETENTIONS.join(', ')}`);
  return {
    logRetentionDays: retention,
    batchSize: await check.whole('batchSize', 10, 10_000),
    batchSeconds: await check.whole('batchSeconds', 1, 300),
    catchUpHours: await check.whole('catchUpHours', 1, 168),
    reconcileHours: await check.whole('reconcileHours', 1, 24 * 35),
    retroHuntDays: await check.whole('retroHuntDays', 0, 3650),
    unindexedDays: await check.whole('unindexedDays', 0, 3650),
    dataRatioBytesPerDay: String(await check.whole('dataRatioBytesPerDay', 0, 1e15)),
    dataRatioHosts: await check.whole('dataRatioHosts', 0, 40),
    // Athena's own least is 10 MB, its most 7 EB: https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html
    bytesPerQuery: await check.whole('bytesPerQuery', 10_000_000, 1e15),
    bytesPerDay: await check.whole('bytesPerDay', 10_000_000, 1e15),
    queryResultsDays: await check.whole('queryResultsDays', 1, 3650),
    runsDays: await check.whole('runsDays', 7, 3650),
    evidenceDays: await check.whole('evidenceDays', 7, 3650),
    addressesDays: await check.whole('addressesDays', 7, 3650),
    replacedDays: await check.whole('replacedDays', 1, 3650),
  };
}

async function readChoices(check) {
  return {
    scan: await check.choice('scan', ['kernel', 'athena']),
    securityHub: await check.choice('securityHub', ['on', 'off']),
    publishFrom: await check.choice('publishFrom', ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
    findingsEmail: await check.match('findingsEmail', EMAIL, 'an e-mail address'),
    alarmsEmail: await check.match('alarmsEmail', EMAIL, 'an e-mail address'),
  };
}

async function readLists(check) {
  const [jsonLogs] = await check.list('jsonLogs', LOCATION, 's3://bucket/prefix/');
  const { bucket, prefix } = toLocation(LOCATION.exec(jsonLogs ?? ''));
  return {
    ownRanges: (await check.list('ownRanges', CIDR, 'an address or a CIDR')).join(','),
    natGateways: unique(await check.list('natGateways', NAT_GATEWAY, 'the id of a NAT gateway')),
    jsonLogs: bucket === '' ? { 'Fn::Sub': `s3://\${StateBucket}/vpc_flow_logs/` } : `s3://${bucket}/${prefix}`,
  };
}

function refuseOddPairs(settings, problems) {
  if (settings.reconcileHours < settings.catchUpHours) problems.push('reconcileHours: less than catchUpHours');
}

function unique(items) {
  return [...new Set(items)];
}

function uniqueBy(items, key) {
  return items.filter((item, at) => items.findIndex((other) => other[key] === item[key]) === at);
}

/** osls prints an error's stack; a refusal needs none. */
function oneLine(message) {
  const error = new Error(message);
  error.stack = message;
  return error;
}
