/** How all this was found out, so that it can be done again: runs, lists, objects, SQL. */
import type { StoredLogObject } from '../core/batch.ts';
import { formatBytes, formatCount } from '../core/story.ts';
import type { CaseFile } from './case-file.ts';
import { renderTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import type { Run } from './run-documents.ts';

const FEW_ROWS = 20;

export function renderMethod({ version, runs, lists, objects, queries }: CaseFile): Html {
  return html`<section id="method" aria-labelledby="method-title">
<h2 id="method-title">Method</h2>
<p>Flowhound ${version} read each log object once and kept the records that touch an indicator. The SQL below ran over those records (Match), or over the logs of the window (data ratio). Identical objects and lists give identical findings.</p>
${lists.map(({ version: key, indicators }) => html`<p>List version <code>${key}</code>: ${formatCount(indicators)} indicators.</p>`)}
${runs.length > 0 && renderRuns(runs)}
${objects.length > 0 && renderObjects(objects)}
${queries.map(({ name, purpose, sql }) => html`<details><summary>SQL <code>${name}</code>: ${purpose}</summary><pre tabindex="0"><code>${sql.trim()}</code></pre></details>`)}
</section>
`;
}

function renderRuns(runs: readonly Run[]): Html {
  return renderTable<Run>({
    id: 'runs',
    caption: 'Runs, the latest of each batch of objects',
    rows: runs,
    most: FEW_ROWS,
    printed: 'some',
    rest: 'in runs/ of the store',
    columns: [
      { title: 'Run', kind: 'line', text: ({ execution }) => execution },
      { title: 'Clock (UTC)', kind: 'text', text: ({ result }) => result.clock.slice(0, 19).replace('T', ' ') },
      { title: 'List version', kind: 'line', text: ({ result }) => result.indicators },
      {
        title: 'Objects',
        kind: 'number',
        text: ({ result }) => formatCount(result.objects),
        key: ({ result }) => result.objects,
      },
      {
        title: 'Records',
        kind: 'number',
        text: ({ result }) => formatCount(result.records),
        key: ({ result }) => result.records,
      },
      {
        title: 'Matches',
        kind: 'number',
        text: ({ result }) => formatCount(result.matches),
        key: ({ result }) => result.matches,
      },
    ],
  });
}

function renderObjects(objects: readonly StoredLogObject[]): Html {
  return renderTable<StoredLogObject>({
    id: 'objects',
    caption: 'Log objects that were read',
    rows: objects,
    most: FEW_ROWS,
    printed: 'none',
    rest: 'in runs/ of the store',
    columns: [
      { title: 'Log object', kind: 'line', text: ({ identity }) => identity },
      {
        title: 'Size',
        kind: 'number',
        text: ({ sizeBytes }) => formatBytes(sizeBytes),
        key: ({ sizeBytes }) => sizeBytes,
      },
      { title: 'ETag', kind: 'line', text: ({ etag }) => etag },
    ],
  });
}
