/** `flowhound deploy`: checks, shows what would change, then `serverless deploy`. Nothing changes without a yes. */
import type { Command } from 'commander';
import type { BucketEventsPlan } from '../../aws/bucket-events.ts';
import { parseS3Url } from '../../aws/s3-url.ts';
import { UsageError } from '../../core/errors.ts';
import { toAwsSettings } from '../aws-settings.ts';
import { checkBuckets, checkSecurityHub, checkTarget, type DeployCheck, type Target } from '../deploy/checks.ts';
import { checkParams, type Params, readServerlessFile } from '../deploy/params.ts';
import { ask, confirm, isInteractive } from '../deploy/questions.ts';
import { type Deployment, runServerless, toCommandLine } from '../deploy/serverless.ts';
import { isWanted, switchEvents, writePlans } from '../deploy/switch-events.ts';
import { writeDocuments } from '../output.ts';
import { addParameter } from '../parameter.ts';
import { type CommandSettings, readSettings } from '../settings.ts';
import { openTalk } from '../talk.ts';

type DeployOptions = {
  readonly logBucket?: readonly string[];
  readonly email?: string;
  readonly param?: Params;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly onlyBucketEvents?: true;
};

export function registerDeploy(program: Command): void {
  program
    .command('deploy')
    .description('deploy the stack: checks, what would change, then serverless deploy')
    .option('--log-bucket <place...>', 'buckets with flow logs: s3://bucket/prefix/, what stands before AWSLogs/')
    .option('--email <address>', 'who gets findings and alarms')
    .option('--param <name=value>', 'a param of serverless.yml; may be given several times', addParameter)
    .option(
      '--only-bucket-events',
      'deploy nothing, only see to the events of --log-bucket: for the account that owns it',
    )
    .option('--dry-run', 'checks, differences, the command and the package; changes nothing')
    .option('-y, --yes', 'do it without asking')
    .action(async (options: DeployOptions, command: Command) => {
      const settings = readSettings(command);
      const isAsking = options.yes !== true && options.dryRun !== true;
      if (isAsking && !isInteractive()) {
        throw new UsageError(
          'deploy asks before it changes anything, and here is nobody to ask. Give --yes or --dry-run.',
        );
      }
      if (options.onlyBucketEvents === true) return seeToBucketEvents(options, settings, isAsking);
      await checkParams(toGiven(options), settings.stage, await readServerlessFile());
      await deploy(options, settings, isAsking);
    });
}

async function deploy(options: DeployOptions, settings: CommandSettings, isAsking: boolean): Promise<void> {
  const aws = toAwsSettings(settings);
  const target = await checkTarget(aws, settings.stage);
  const kept = readKept(target, toGiven(options));
  const params = { ...kept, ...(await toParams(options, target, isAsking)) };
  await checkParams(params, settings.stage, await readServerlessFile());
  const { checks, plans } = await checkBuckets(aws, params);
  const hub = await checkSecurityHub(aws, params);
  const deployment = toDeployment(params, target, settings);
  const command = { check: 'command', value: toCommandLine('deploy', deployment), ok: true };
  await writeRows([...target.checks, ...checks, hub, ...toRows(kept), command], settings);
  const talk = openTalk(settings.isQuiet);
  if (options.dryRun === true) {
    await runServerless('package', deployment);
    return talk.say('flowhound: packaged into .serverless/; nothing was changed. Without --dry-run it is deployed.');
  }
  if (isAsking && !(await confirm(`Deploy flowhound-${settings.stage} into ${target.region}?`))) {
    return talk.say('flowhound: nothing was changed');
  }
  const consented = isAsking ? await confirmPlans(plans) : plans;
  await runServerless('deploy', deployment);
  await switchEvents(consented, params, settings, isAsking);
  talk.say(tellNext(settings));
}

async function seeToBucketEvents(options: DeployOptions, settings: CommandSettings, isAsking: boolean): Promise<void> {
  const { logBucket = [], dryRun } = options;
  if (logBucket.length === 0) throw new UsageError('which bucket? Add --log-bucket <name>.');
  for (const place of logBucket) parseS3Url(place.startsWith('s3://') ? place : `s3://${place}`);
  const aws = toAwsSettings(settings);
  const { checks, plans } = await checkBuckets(aws, { logLocations: logBucket.join(',') });
  await writeRows(checks, settings);
  const unread = checks.find(({ value }) => value.includes('access denied'));
  if (unread !== undefined) throw new UsageError(unread.value);
  const consented = isAsking ? await confirmPlans(plans) : plans;
  if (dryRun === true) return openTalk(settings.isQuiet).say('flowhound: nothing was changed');
  await writePlans(consented, aws, settings);
}

/** Shows the rows; one that is wrong ends the run. */
async function writeRows(rows: readonly DeployCheck[], { format }: CommandSettings): Promise<void> {
  await writeDocuments(rows, format, { columns: ['check', 'value', 'ok'], toTable: renderRows });
  const wrong = rows.find(({ ok }) => !ok);
  if (wrong !== undefined) throw new UsageError(`${wrong.check}: ${wrong.value}`);
}

/** Params of the last deployment that are not given now: what was set once stays until it is set otherwise. */
function readKept({ stack }: Target, given: Params): Params {
  const last = JSON.parse(stack?.outputs.GivenParams ?? '{}') as Params;
  return Object.fromEntries(Object.entries(last).filter(([name]) => !(name in given)));
}

function toRows(kept: Params): DeployCheck[] {
  return Object.entries(kept).map(([name, value]) => ({ check: 'as before', value: `${name}=${value}`, ok: true }));
}

/** A stack that watches buckets goes on watching them unless others are named: the default would make a bucket of its own. */
async function toParams(options: DeployOptions, { stack }: Target, isAsking: boolean): Promise<Params> {
  const watched = stack?.outputs.LogBucketName === undefined ? stack?.outputs.LogLocations : undefined;
  const given = toGiven(options).logLocations ?? watched;
  const asks = isAsking && given === undefined && stack === undefined;
  const places = asks
    ? await ask(
        'Where are the flow logs? s3://bucket/prefix/ before AWSLogs/; several with commas; empty: a new bucket. ',
      )
    : (given ?? '');
  return { ...toGiven(options), ...(places === '' ? {} : { logLocations: places }) };
}

/** The params that the command line names. */
function toGiven({ logBucket, email, param = {} }: DeployOptions): Params {
  const mails = email === undefined ? {} : { findingsEmail: email, alarmsEmail: email };
  return { ...mails, ...param, ...(logBucket === undefined ? {} : { logLocations: logBucket.join(',') }) };
}

function toDeployment(params: Params, { region }: Target, settings: CommandSettings): Deployment {
  const { profile, endpointUrl } = toAwsSettings(settings);
  const environment = {
    AWS_REGION: region,
    ...(profile === undefined ? {} : { AWS_PROFILE: profile }),
    ...(endpointUrl === undefined ? {} : { AWS_ENDPOINT_URL: endpointUrl }),
  };
  return { stage: settings.stage, region, params, environment };
}

async function confirmPlans(plans: readonly BucketEventsPlan[]): Promise<BucketEventsPlan[]> {
  const consented: BucketEventsPlan[] = [];
  for (const plan of plans) if (plan.isNeeded && (await isWanted(plan))) consented.push(plan);
  return consented;
}

function renderRows(rows: readonly DeployCheck[]): string {
  return rows.map(({ check, value, ok }) => `${ok ? 'ok   ' : 'WRONG'} ${check.padEnd(13)} ${value}\n`).join('');
}

function tellNext({ stage }: CommandSettings): string {
  const at = stage === 'dev' ? '' : ` --stage ${stage}`;
  return [
    `Next   npx flowhound indicators import --aws <list>${at}   bring a list into force`,
    `       npx flowhound backfill --from <day> --dry-run${at}   what lay there before`,
    `       npx flowhound findings --aws${at}`,
  ].join('\n');
}
