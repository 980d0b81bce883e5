/** Findings in a store → the HTML report in a file. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { bySeverity, foldFindings } from '../core/finding.ts';
import type { Finding } from '../core/finding-document.ts';
import { toNextSteps } from '../core/runbook.ts';
import { type Sighting, toSightings } from '../core/sighting-document.ts';
import { formatBytes, formatCount } from '../core/story.ts';
import { readWorkflowQueries } from '../local/sql-files.ts';
import type { ObjectStore } from '../ports.ts';
import type { RunsAsked } from '../report/run-documents.ts';
import { readTallies } from '../tasks/totals.ts';
import { write } from './output.ts';
import type { CommandSettings } from './settings.ts';
import type { Talk } from './talk.ts';
import { VERSION } from './version.ts';

export type Told = RunsAsked & { readonly findings: readonly Finding[]; readonly sightings: readonly Sighting[] };

/** The state of the home, or of the deployed stack. */
export async function openStateStore(isAws: boolean, settings: CommandSettings): Promise<ObjectStore> {
  if (isAws) return (await (await import('./cloud/stack-connection.ts')).connectStack(settings)).store;
  return (await import('../local/folder-store.ts')).openFolderStore(settings.home);
}

/** All that the store knows; with ids, or their beginnings, only those findings and what belongs to them. */
export async function readTold(store: ObjectStore, ids: readonly string[]): Promise<Told> {
  const tallies = await readTallies(store);
  const fold = foldFindings(tallies);
  const all = { findings: fold.findings, sightings: toSightings(tallies, fold) };
  if (ids.length === 0) return all;
  const unknown = ids.find((id) => !all.findings.some(({ finding_id }) => finding_id.startsWith(id)));
  if (unknown !== undefined) throw new UsageError(`--finding ${unknown}: no such finding. See: npx flowhound findings`);
  const isAsked = (one: { readonly finding_id: string }) => ids.some((id) => one.finding_id.startsWith(id));
  return { findings: all.findings.filter(isAsked), sightings: all.sightings.filter(isAsked) };
}

/** Writes the report, whole or not at all, and says where; `-` is stdout. */
export async function writeReport(told: Told, store: ObjectStore, path: string, talk: Talk): Promise<void> {
  const { readCaseFile } = await import('../report/case-file.ts');
  const { renderPage } = await import('../report/page.ts');
  const queries = await readWorkflowQueries();
  const file = await readCaseFile(
    {
      writtenAt: new Date(),
      version: VERSION,
      findings: [...told.findings].sort(bySeverity),
      sightings: told.sightings,
      ...(told.huntedAt === undefined ? {} : { huntedAt: told.huntedAt }),
      queries: [queries.ioc_matches, queries.host_data_ratio],
    },
    store,
  );
  const page = renderPage(file, toNextSteps);
  if (path === '-') return write(page);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.unfinished`, page);
  await rename(`${path}.unfinished`, path);
  const count = `${formatCount(told.findings.length)} ${told.findings.length === 1 ? 'finding' : 'findings'}`;
  talk.say(`flowhound: report: ${path} (${count}, ${formatBytes(Buffer.byteLength(page))})`);
}
