/** Options of a command, environment and config file → settings, each with where it came from. */
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { isStage, mergeSettings, type Origin, parseConfig, type SettingName, type Settings } from '../core/config.ts';
import { UsageError } from '../core/errors.ts';
import { defaultFormat, type Format } from './output.ts';

const CONFIG_FILE = 'flowhound.json';

const NAMES: readonly SettingName[] = [
  ...(['home', 'output', 'iocs', 'allow', 'own', 'accounts', 'regions'] as const),
  ...(['profile', 'region', 'endpointUrl', 'stage'] as const),
  ...(['trinoUrl', 'trinoUser', 'trinoCatalog', 'trinoSchema'] as const),
];

export type CommandSettings = Settings & {
  readonly home: string;
  readonly stage: string;
  readonly format: Format;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
  readonly configFile: string | undefined;
  readonly origins: Partial<Record<SettingName, Origin>>;
};

/** Settings of a command as it was called. */
export function readSettings(command: Command): CommandSettings {
  const options = command.optsWithGlobals() as Settings & { config?: string; quiet?: boolean; verbose?: boolean };
  const { config, quiet, verbose, ...given } = options;
  const configFile = findConfig(config);
  const file = configFile === undefined ? {} : parseConfig(readFileSync(configFile, 'utf8'), configFile);
  const known = Object.fromEntries(NAMES.map((name) => [name, given[name]])) as Settings;
  const { settings, origins } = mergeSettings(known, process.env, file);
  if (!isStage(settings.stage!)) {
    throw new UsageError(`--stage ${settings.stage} is no stage. Use up to 16 small letters, digits and dashes.`);
  }
  return {
    ...settings,
    home: settings.home!,
    stage: settings.stage!,
    format: settings.output ?? defaultFormat(),
    isQuiet: quiet === true,
    isVerbose: verbose === true,
    configFile,
    origins,
  };
}

function findConfig(path: string | undefined): string | undefined {
  if (path !== undefined && !existsSync(path)) throw new UsageError(`--config ${path}: no such file.`);
  return path ?? (existsSync(CONFIG_FILE) ? CONFIG_FILE : undefined);
}
