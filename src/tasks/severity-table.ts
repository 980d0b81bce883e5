/** The severity table of a home or a stack: `severity.json` beside the findings, where somebody set one. */
import { parseSeverityTable } from '../core/severity-document.ts';
import { DEFAULT_SEVERITY_TABLE, type SeverityTable } from '../core/severity-table.ts';
import type { ObjectStore } from '../ports.ts';

const SEVERITY_KEY = 'severity.json';

/** What is set, else the default. Throws UsageError where it cannot be used. */
export async function readSeverityTable(store: ObjectStore): Promise<SeverityTable> {
  const text = await store.get(SEVERITY_KEY);
  return text === undefined ? DEFAULT_SEVERITY_TABLE : parseSeverityTable(text, SEVERITY_KEY);
}
