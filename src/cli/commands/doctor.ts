/** `flowhound doctor`: what runs here, which settings hold and where they come from, and what is wrong. */
import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Check, checkAws } from '../aws-checks.ts';
import { writeDocuments } from '../output.ts';
import { type CommandSettings, readSettings } from '../settings.ts';
import { VERSION } from '../version.ts';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check this machine and print the settings in force')
    .action(async (_options: unknown, command: Command) => {
      const settings = readSettings(command);
      const machine = [...checkRuntime(), await checkEngine(), await checkHome(settings)];
      const checks = [...machine, ...checkSettings(settings), ...(await checkAws(settings))];
      await writeDocuments(checks, settings.format, {
        columns: ['check', 'value', 'origin', 'ok'],
        toTable: renderChecks,
      });
      if (checks.some(({ ok }) => !ok)) process.exitCode = 1;
    });
}

function checkRuntime(): Check[] {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return [
    { check: 'flowhound', value: VERSION, origin: '', ok: true },
    { check: 'node', value: process.versions.node, origin: process.execPath, ok: major >= 22 },
  ];
}

async function checkEngine(): Promise<Check> {
  try {
    const { openDuckdb } = await import('../../local/duckdb.ts');
    const engine = await openDuckdb();
    const { rows } = await engine.query({ sql: 'SELECT version()', values: [] });
    let version = '';
    for await (const row of rows) version = row[0] ?? '';
    await engine.close();
    return { check: 'duckdb', value: version, origin: '', ok: true };
  } catch (error) {
    return { check: 'duckdb', value: (error as Error).message, origin: 'run npm ci again', ok: false };
  }
}

async function checkHome(settings: CommandSettings): Promise<Check> {
  const origin = settings.origins.home ?? 'default';
  const path = resolve(settings.home);
  try {
    const { makeHome } = await import('../../local/home-lock.ts');
    await makeHome(path);
    await access(path, constants.W_OK);
    return { check: 'home', value: path, origin, ok: true };
  } catch (error) {
    return { check: 'home', value: `${path}: ${(error as Error).message}`, origin, ok: false };
  }
}

function checkSettings(settings: CommandSettings): Check[] {
  const names = [
    'output',
    'iocs',
    'allow',
    'own',
    'accounts',
    'regions',
    'profile',
    'region',
    'endpointUrl',
    'stage',
    'trinoUrl',
    'trinoUser',
    'trinoCatalog',
    'trinoSchema',
  ] as const;
  const rows = names.map((name) => {
    const value = settings[name];
    const text = value === undefined ? 'not set' : Array.isArray(value) ? value.join(', ') : value;
    return { check: name, value: text, origin: settings.origins[name] ?? '', ok: true };
  });
  return [{ check: 'config', value: settings.configFile ?? 'none', origin: '', ok: true }, ...rows];
}

function renderChecks(checks: readonly Check[]): string {
  const lines = checks.map(({ check, value, origin, ok }) => {
    const from = origin === '' ? '' : `   (${origin})`;
    return `${ok ? 'ok   ' : 'WRONG'} ${check.padEnd(12)} ${value}${from}\n`;
  });
  const isWell = checks.every(({ ok }) => ok);
  return `${lines.join('')}\nNext   ${isWell ? 'npx flowhound demo' : 'mend what is WRONG above, then run doctor again'}\n`;
}
