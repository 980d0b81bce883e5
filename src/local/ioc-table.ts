/** Indicators → the table `incident_iocs` in DuckDB. */
import type { DuckdbEngine } from './duckdb.ts';

/** Creates `incident_iocs`; addresses must be canonical text, since SQL compares text. */
export async function createIocTable(
  engine: DuckdbEngine,
  iocs: readonly { readonly address: string; readonly comment: string }[],
): Promise<void> {
  await engine.setVariable(
    'ioc_addresses',
    iocs.map(({ address }) => address),
  );
  await engine.setVariable(
    'ioc_comments',
    iocs.map(({ comment }) => comment),
  );
  await engine.run(`CREATE OR REPLACE TEMP TABLE incident_iocs AS
    SELECT unnest(getvariable('ioc_addresses')) AS threat_ip, unnest(getvariable('ioc_comments')) AS threat_comment`);
}
