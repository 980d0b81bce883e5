/** Chromium of the system, driven over its debugging port: pages are opened from a file, as a reader would. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { CHROMIUM, CHROMIUM_ARGUMENTS } from '../../docs/chromium.ts';

export type Opened = {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught errors, dialogs. */
  readonly complaints: string[];
  /** All that was asked for besides the file itself. */
  readonly requests: string[];
};

export type Reader = {
  open(html: string, options?: BrowserContextOptions): Promise<Opened>;
};

/** Tests that need a browser; without one they are skipped, and the name says why. */
export function describeInBrowser(name: string, tests: (reader: Reader) => void): void {
  const isThere = CHROMIUM !== undefined;
  const title = isThere ? name : `${name} (skipped: no Chromium; apt-get install chromium, or set CHROMIUM)`;
  describe.skipIf(!isThere)(title, () => {
    let browser: Browser;
    let folder: string;
    let files = 0;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: CHROMIUM!, args: CHROMIUM_ARGUMENTS });
      folder = await mkdtemp(join(tmpdir(), 'flowhound-report-'));
    });
    afterAll(async () => {
      await browser?.close();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    });
    tests({
      async open(html, options = {}) {
        const path = join(folder, `${files++}.html`);
        await writeFile(path, html);
        const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
        return watch(await context.newPage(), pathToFileURL(path).href);
      },
    });
  });
}

async function watch(page: Page, url: string): Promise<Opened> {
  const [complaints, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, requests };
}
