/** Logs and lists → the report that the command line writes of them, by a real sweep into a home of its own. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTold, writeReport } from '../../src/cli/report-file.ts';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { sweep } from '../../src/local/sweep.ts';

export async function tellSweep(logs: string, iocs: string) {
  const home = await mkdtemp(join(tmpdir(), 'flowhound-told-'));
  try {
    await sweep({ logs: [logs], iocs: [iocs], home, clock: new Date('2026-09-10T00:00:00Z') });
    const store = openFolderStore(home);
    const told = await readTold(store, []);
    await writeReport(told, store, join(home, 'report.html'), { isQuiet: true, say: () => {} });
    return { ...told, html: await readFile(join(home, 'report.html'), 'utf8') };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
