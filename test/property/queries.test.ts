/** Directional rows and data ratios of the query engine over objects on disk, against the oracle. */
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseKey } from '../../src/core/log-object.ts';
import { bindQuery } from '../../src/core/query.ts';
import { type DuckdbEngine, openDuckdb } from '../../src/local/duckdb.ts';
import { createIocTable } from '../../src/local/ioc-table.ts';
import { createLogTable } from '../../src/local/log-table.ts';
import { createViews, readCatalogue } from '../../src/local/sql-files.ts';
import { cases } from '../oracle/arbitraries.ts';
import { REMOTES } from '../oracle/arbitrary-lists.ts';
import { readLists } from '../oracle/oracle-indicators.ts';
import { DATA_RATIO_HEADER, DIRECTIONAL_HEADER, dataRatios, directionalRows } from '../oracle/oracle-queries.ts';
import { readKey } from '../oracle/oracle-records.ts';
import { type CaseObject, makeWorld, toOracleObject, writeObjects } from '../oracle/world.ts';
import { runs } from './runs.ts';

const WHOLE_TIME = { date_from: '2026-01-01', date_to: '2026-12-31' };

async function ask(engine: DuckdbEngine, name: string, given: Record<string, string>): Promise<string[]> {
  const definition = (await readCatalogue()).find((query) => query.name === name)!;
  const { columns, rows } = await engine.query(bindQuery(definition, { ...WHOLE_TIME, ...given }));
  const lines = [columns.map((column) => column.name).join(',')];
  // Nothing in a plain case needs a quote.
  for await (const row of rows) lines.push(row.map((cell) => cell ?? '').join(','));
  return lines;
}

async function inEngine<T>(objects: readonly CaseObject[], use: (engine: DuckdbEngine) => Promise<T>): Promise<T> {
  const world = makeWorld();
  const engine = await openDuckdb({ tempParent: world.root });
  try {
    writeObjects(world.logs, objects);
    const logObjects = objects.flatMap(({ key }) => {
      const outcome = parseKey(join(world.logs, key));
      expect('logObject' in outcome, key).toBe(readKey(key) !== undefined);
      return 'logObject' in outcome ? [outcome.logObject] : [];
    });
    await createLogTable(engine, logObjects);
    return await use(engine);
  } finally {
    await engine.close();
    world.remove();
  }
}

/** The columns the published ORDER BY names; of rows equal in all of them the order is free. */
function sortKeys(lines: readonly string[]): string[] {
  const columns = [12, 13, 14, 1, 5, 4];
  return lines.map((line) => columns.map((column) => line.split(',')[column]).join(','));
}

it('directional rows', async () => {
  await fc.assert(
    fc.asyncProperty(cases({ isPlain: true, exactOnly: true }), async ({ objects, lists }) => {
      const iocs = readLists(lists).indicators.map(({ text, comment }) => ({ address: text, comment }));
      const expected = directionalRows(
        objects.map(toOracleObject),
        iocs.map(({ address }) => address),
      );
      const [header, ...lines] = await inEngine(objects, async (engine) => {
        await createIocTable(engine, iocs);
        await createViews(engine, ['vpcflow', 'incident_iocs']);
        return ask(engine, 'incident_vpc_flow_directional', {});
      });
      expect(header).toBe(DIRECTIONAL_HEADER);
      expect(lines.toSorted()).toEqual(expected.toSorted());
      expect(sortKeys(lines)).toEqual(sortKeys(expected));
    }),
    runs(40),
  );
});

it('data ratios', async () => {
  const ip = fc.constantFrom('10.0.0.5', 'fd00:ec2::a', ...REMOTES);
  await fc.assert(
    fc.asyncProperty(cases({ isPlain: true }), ip, async ({ objects }, address) => {
      const [header, ...lines] = await inEngine(objects, (engine) => ask(engine, 'data_ratio', { ip: address }));
      expect(header).toBe(DATA_RATIO_HEADER);
      expect(lines).toEqual(dataRatios(objects.map(toOracleObject), address));
    }),
    runs(40),
  );
});
