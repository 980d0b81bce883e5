/** Settings: options win over environment, environment over the config file, that over the defaults. */
import * as z from 'zod/mini';
import { UsageError } from './errors.ts';

const STAGE = /^[a-z][a-z0-9-]{0,15}$/;

const SCHEMA = z.strictObject({
  home: z.optional(z.string()),
  output: z.optional(z.enum(['table', 'ndjson', 'json', 'csv', 'asff', 'ocsf'])),
  iocs: z.optional(z.array(z.string())),
  allow: z.optional(z.array(z.string())),
  own: z.optional(z.array(z.string())),
  accounts: z.optional(z.array(z.string().check(z.regex(/^\d{12}$/, 'an account has 12 digits')))),
  regions: z.optional(z.array(z.string())),
  profile: z.optional(z.string()),
  region: z.optional(z.string()),
  endpointUrl: z.optional(z.string()),
  stage: z.optional(z.string().check(z.regex(STAGE, 'a stage is a short name such as prod'))),
  trinoUrl: z.optional(z.string()),
  trinoUser: z.optional(z.string()),
  trinoCatalog: z.optional(z.string()),
  trinoSchema: z.optional(z.string()),
});

export type Settings = z.infer<typeof SCHEMA>;
export type SettingName = keyof Settings;

/** Where a value comes from, as `doctor` prints it. */
export type Origin = 'option' | 'environment' | 'config file' | 'default';

const ENVIRONMENT: readonly (readonly [SettingName, readonly string[]])[] = [
  ['home', ['FLOWHOUND_HOME']],
  ['output', ['FLOWHOUND_OUTPUT']],
  ['iocs', ['FLOWHOUND_IOCS']],
  ['allow', ['FLOWHOUND_ALLOW']],
  ['own', ['FLOWHOUND_OWN']],
  ['profile', ['AWS_PROFILE']],
  ['region', ['AWS_REGION', 'AWS_DEFAULT_REGION']],
  ['endpointUrl', ['AWS_ENDPOINT_URL']],
  ['stage', ['FLOWHOUND_STAGE']],
  ['trinoUrl', ['FLOWHOUND_TRINO_URL']],
  ['trinoUser', ['FLOWHOUND_TRINO_USER']],
  ['trinoCatalog', ['FLOWHOUND_TRINO_CATALOG']],
  ['trinoSchema', ['FLOWHOUND_TRINO_SCHEMA']],
];
const LISTS: ReadonlySet<SettingName> = new Set(['iocs', 'allow', 'own', 'accounts', 'regions']);
const DEFAULTS: Settings = { home: '.flowhound', stage: 'dev' };

/** The stage is in names of buckets and of the database. */
export function isStage(text: string): boolean {
  return STAGE.test(text);
}

/** The text of a config file, checked; every problem is named at once. */
export function parseConfig(text: string, path: string): Settings {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is no JSON: ${(error as Error).message}.`, { cause: error });
  }
  return check(document, path);
}

/** Merges the four sources and tells where each value came from. */
export function mergeSettings(
  options: Settings,
  environment: Readonly<Record<string, string | undefined>>,
  file: Settings,
): { settings: Settings; origins: Partial<Record<SettingName, Origin>> } {
  const sources: readonly (readonly [Origin, Settings])[] = [
    ['default', DEFAULTS],
    ['config file', file],
    ['environment', readEnvironment(environment)],
    ['option', options],
  ];
  const settings: Settings = {};
  const origins: Partial<Record<SettingName, Origin>> = {};
  for (const [origin, values] of sources) {
    for (const [name, value] of Object.entries(values) as [SettingName, never][]) {
      if (value === undefined) continue;
      settings[name] = value;
      origins[name] = origin;
    }
  }
  return { settings, origins };
}

function readEnvironment(environment: Readonly<Record<string, string | undefined>>): Settings {
  const found: Record<string, unknown> = {};
  for (const [name, variables] of ENVIRONMENT) {
    const value = variables.map((variable) => environment[variable]).find((text) => text !== undefined && text !== '');
    if (value !== undefined) found[name] = LISTS.has(name) ? value.split(',').map((item) => item.trim()) : value;
  }
  return check(found, 'environment');
}

function check(document: unknown, source: string): Settings {
  const parsed = z.safeParse(SCHEMA, document);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'document'}: ${describeIssue(issue)}`);
  throw new UsageError(`${source}: ${problems.join('; ')}. Known settings: ${Object.keys(SCHEMA.shape).join(', ')}.`);
}

/** zod/mini comes without texts: "Invalid input" is all it says of most. */
function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')} is expected`;
  return issue.code === 'invalid_type' ? `${issue.expected} is expected` : issue.message;
}
