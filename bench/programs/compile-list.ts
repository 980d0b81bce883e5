/**
 * Compiles a list as a version of the indicators is stored: once per list, not once per scan.
 *
 *     node bench/programs/compile-list.ts <IOC list> <compiled file>
 */
import { renameSync, writeFileSync } from 'node:fs';
import { compileIndicators } from '../../src/core/indicator-set.ts';
import { loadIndicators } from '../../src/local/indicator-versions.ts';

const [list = '', compiled = ''] = process.argv.slice(2);
const { indicators, problems } = await loadIndicators({ iocs: [list], allow: [], own: [] });
for (const { entry, reason } of problems) console.error(`${list}: ${entry} ${reason}`);
writeFileSync(`${compiled}.new`, compileIndicators(indicators).bytes);
renameSync(`${compiled}.new`, compiled);
