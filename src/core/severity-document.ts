/** The severity table as a user sets it, in JSON: some lines, some thresholds. */
import * as z from 'zod/mini';
import { UsageError } from './errors.ts';
import { SEVERITIES } from './severity.ts';
import { DEFAULT_SEVERITY_TABLE, SEVERITY_LINE_IDS, type SeverityTable } from './severity-table.ts';

const SCHEMA = z.strictObject({
  lines: z.optional(z.partialRecord(z.enum(SEVERITY_LINE_IDS), z.enum(SEVERITIES))),
  largeBytesOut: z.optional(z.int().check(z.positive())),
  severalHosts: z.optional(z.int().check(z.minimum(2))),
});

/** What is set, over the default. Throws UsageError where the document is none: a typo must not pass for a choice. */
export function parseSeverityTable(text: string, name: string): SeverityTable {
  const parsed = z.safeParse(SCHEMA, parse(text, name));
  if (parsed.success) return { ...DEFAULT_SEVERITY_TABLE, ...present(parsed.data) };
  const places = [...new Set(parsed.error.issues.map(({ path }) => path.join('.') || 'document'))];
  const known = `lines (${SEVERITY_LINE_IDS.join(', ')}; each one of ${SEVERITIES.join(', ')}), largeBytesOut, severalHosts`;
  throw new UsageError(`${name}: ${places.join(', ')} cannot be used. Known: ${known}.`);
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name} is no JSON: ${(error as Error).message}.`, { cause: error });
  }
}

function present(table: z.infer<typeof SCHEMA>): Partial<SeverityTable> {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined));
}
