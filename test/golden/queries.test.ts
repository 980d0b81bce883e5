/** Rows in, rows out, for every query of the catalogue. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCatalogue } from '../../src/local/sql-files.ts';
import { INDEX_CASES } from './address-cases.ts';
import { CASES, DIRECTIONAL_CASE, fillFolder, JSON_CASES } from './cases.ts';
import { ask, LogFolder } from './log-folder.ts';

describe('every query of the catalogue', () => {
  let folder: LogFolder;
  beforeAll(() => {
    folder = new LogFolder();
    fillFolder(folder);
  });
  afterAll(() => folder.remove());

  for (const { name, parameters = {}, rows } of [...CASES, ...JSON_CASES]) {
    const given = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
    it(`${name} ${given.join(' ')}`, async () => {
      expect((await ask(name, [folder.path], parameters)).lines).toEqual(rows);
    });
  }

  it('incident_vpc_flow_directional: both labels, IPv6, a CIDR left out', async () => {
    const { name, parameters, list, rows } = DIRECTIONAL_CASE;
    const { lines, notes } = await ask(name, [folder.path], parameters, [folder.addFile('iocs.csv', list)]);
    expect(lines).toEqual(rows);
    expect(notes).toContain(
      '1 CIDR left out: incident_vpc_flow_directional compares exact addresses. flowhound sweep matches CIDRs.',
    );
  });

  it.each([{ date_from: '2027-01-01' }, { date_to: '2020/01/01' }])(
    '%j, where there are no logs, counts none',
    async (given) => {
      expect((await ask('row_count', [folder.path], given)).lines).toEqual(['row_count', '0']);
    },
  );

  it('has a case for each name', async () => {
    const names = (await readCatalogue()).map(({ name }) => name);
    const tested = new Set([...CASES, ...JSON_CASES, ...INDEX_CASES].map(({ name }) => name)).add(
      'incident_vpc_flow_directional',
    );
    expect(names.filter((name) => !tested.has(name))).toEqual([]);
    expect(names.filter((name) => name.startsWith('VpcFlowLogs'))).toHaveLength(16);
  });
});
