/**
 * As index-answer.ts, of a list as text. A program of its own: what parses lists takes longer to load than one address to
 * look up.
 *
 *     node bench/index-answer-text.ts <home> <IOC list>
 */
import { compileIndicators } from '../src/core/indicator-set.ts';
import { loadIndicators } from '../src/local/indicator-versions.ts';
import { printAnswer } from './print-answer.ts';

void main();

async function main(): Promise<void> {
  const [home = '', list = ''] = process.argv.slice(2);
  const { indicators } = await loadIndicators({ iocs: [list], allow: [], own: [] });
  await printAnswer(compileIndicators(indicators), home);
}
