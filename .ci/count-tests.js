// Vitest's JSON report → "passed failed skipped" on one line. A file that could not even be loaded is one failed test.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
if (report.numTotalTests === 0) throw new Error('no test was run');
process.stdout.write(
  `${report.numPassedTests} ${report.numFailedTests + unloaded.length} ${report.numPendingTests + report.numTodoTests}\n`,
);
