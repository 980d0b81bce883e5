/** docs/report.png and docs/report-dark.png: the demo's report in Chromium, its beginning by day and its timeline by night. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM, CHROMIUM_ARGUMENTS } from './chromium.ts';

const COMMAND = fileURLToPath(new URL('../bin/flowhound.js', import.meta.url));
const PICTURES = [
  { name: 'report.png', colorScheme: 'light', section: 'main', height: 940 },
  { name: 'report-dark.png', colorScheme: 'dark', section: 'timeline', height: 900 },
] as const;

if (CHROMIUM === undefined) console.error('docs/report*.png are as they were: no Chromium here');
else await takePictures(CHROMIUM);

async function takePictures(executablePath: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'flowhound-pictures-'));
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });
  try {
    const page = join(folder, 'report.html');
    execFileSync(process.execPath, [COMMAND, 'demo', '--home', folder, '--quiet'], { stdio: 'ignore' });
    execFileSync(process.execPath, [COMMAND, 'report', '--home', folder, '--out', page, '--quiet']);
    for (const { name, colorScheme, section, height } of PICTURES) {
      const tab = await browser.newPage({ colorScheme, viewport: { width: 1160, height } });
      await tab.goto(pathToFileURL(page).href);
      if (section !== 'main') await tab.evaluate(`document.getElementById('${section}').scrollIntoView()`);
      await tab.screenshot({ path: fileURLToPath(new URL(name, import.meta.url)) });
    }
    console.error(`docs/${PICTURES.map(({ name }) => name).join(', docs/')}`);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
