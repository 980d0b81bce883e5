/** The command line: options all verbs share, exit statuses, and errors in one line. */
import { Command, CommanderError, Option } from 'commander';
import { Interrupted, UsageError } from '../core/errors.ts';
import { FORMATS } from './output.ts';
import { toPrintable } from './printable.ts';
import { VERSION } from './version.ts';

/** A command is loaded when it is called: all of them would be a third of the time that a short one takes. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  demo: async () => (await import('./commands/demo.ts')).registerDemo,
  sweep: async () => (await import('./commands/sweep.ts')).registerSweep,
  hunt: async () => (await import('./commands/hunt.ts')).registerHunt,
  findings: async () => (await import('./commands/findings.ts')).registerFindings,
  report: async () => (await import('./commands/report.ts')).registerReport,
  query: async () => (await import('./commands/query.ts')).registerQuery,
  indicators: async () => (await import('./commands/indicators.ts')).registerIndicators,
  backfill: async () => (await import('./commands/backfill.ts')).registerBackfill,
  cost: async () => (await import('./commands/cost.ts')).registerCost,
  deploy: async () => (await import('./commands/deploy.ts')).registerDeploy,
  doctor: async () => (await import('./commands/doctor.ts')).registerDoctor,
};

const EXIT_STATUSES = `
Exit status
  0  it ran, with findings or without    1  the run failed
  2  bad usage, settings or input path   3  findings at or above --fail-on
  130  interrupted

First time here? npx flowhound demo`;

/** Runs one command line to its end; sets the exit status and never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.stderr.on('error', () => {});
  if (argv.includes('--no-color')) process.env.NO_COLOR = '1';
  const program = await toProgram(argv);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    report(error, program.opts().verbose === true);
  }
}

async function toProgram([first = '']: readonly string[]): Promise<Command> {
  const program = new Command('flowhound')
    .description('finds traffic with known-bad addresses in AWS VPC Flow Logs')
    .version(VERSION, '-V, --version')
    .addOption(new Option('-o, --output <format>', 'table on a terminal, ndjson otherwise').choices([...FORMATS]))
    .option('--home <folder>', 'where findings, evidence and runs are kept (default: .flowhound)')
    .option('--config <file>', 'settings as JSON (default: flowhound.json where there is one)')
    .option('-q, --quiet', 'no talk on stderr')
    .option('-v, --verbose', 'stack traces')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .option('--profile <name>', 'AWS profile')
    .option('--region <name>', 'AWS region')
    .option('--endpoint-url <url>', 'AWS endpoint')
    .option('--stage <name>', 'stage of the deployed stack (default: dev)')
    .addHelpText('after', EXIT_STATUSES)
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  // Where the command does not stand first, or there is none, all of them are there to choose from.
  const loads = Object.hasOwn(COMMANDS, first) ? [COMMANDS[first]!] : Object.values(COMMANDS);
  for (const register of await Promise.all(loads.map((load) => load()))) register(program);
  inheritSettings(program);
  return program;
}

/** Subcommands made by `command()` do not take these over by themselves in every version. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}

function report(error: unknown, isVerbose: boolean): void {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return;
    const usage = error.code === 'commander.help' ? 'which command? See npx flowhound --help' : error.message;
    process.stderr.write(`flowhound: ${toPrintable(usage.replace(/^error: /, '').replaceAll('\n', ' '))}\n`);
    process.exitCode = 2;
    return;
  }
  const { message, stack } = error as Error;
  const hint =
    error instanceof UsageError || error instanceof Interrupted ? '' : ' (--verbose shows where it happened)';
  process.stderr.write(
    isVerbose && stack !== undefined ? `${describe(error)}\n` : `flowhound: ${toPrintable(message)}${hint}\n`,
  );
  process.exitCode = (error as { exitStatus?: number }).exitStatus ?? 1;
  // A scan that is under way would keep the process alive.
  if (error instanceof Interrupted) process.exit();
}

function describe(error: unknown): string {
  const { stack, message, cause } = error as Error;
  return cause === undefined ? `${stack ?? message}` : `${stack ?? message}\nCaused by: ${describe(cause)}`;
}
