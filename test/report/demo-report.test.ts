/** The bundled incident as a page, read in Chromium the ways people read. */
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { formatBytes } from '../../src/core/story.ts';
import { describeInBrowser } from './browser.ts';
import { tellSweep } from './told.ts';

const DEMO = fileURLToPath(new URL('../../demo/', import.meta.url));

describeInBrowser('the report of the bundled incident', (reader) => {
  let demo: Awaited<ReturnType<typeof tellSweep>>;
  beforeAll(async () => {
    demo = await tellSweep(`${DEMO}logs`, `${DEMO}iocs.csv`);
  });

  it('opens without a complaint and asks the network for nothing', async () => {
    const { page, complaints, requests } = await reader.open(demo.html);
    await page.mouse.wheel(0, 20_000);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    expect(demo.html.length).toBeLessThan(1_000_000);
  });

  it('says all of it without a script', async () => {
    const { page } = await reader.open(demo.html, { javaScriptEnabled: false });
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/^3 hosts need someone now/);
    const cards = await page.locator('article').allInnerTexts();
    for (const { local_ip, indicator, kind, severity_reason } of demo.findings.filter(({ kind }) => kind === 'host')) {
      const card = cards.find((text) => text.includes(`${local_ip} and ${indicator}`));
      expect(card, `${kind} ${local_ip} ${indicator}`).toContain(severity_reason);
    }
    expect(cards.filter((text) => text.includes('scanned by'))).toHaveLength(1);
    expect(await page.locator('#sightings tbody tr').count()).toBe(demo.sightings.length);
    expect(await page.getByRole('searchbox').count()).toBe(0);
    expect(await page.locator('#coverage').textContent()).toContain('12 SKIPDATA');
    expect(await page.locator('#silences-caption').textContent()).toContain('1 row');
  });

  it('has of each finding the verbatim lines, with object and line number', async () => {
    const { page } = await reader.open(demo.html);
    for (const { finding_id, indicator_ip, legs } of demo.findings) {
      const rows = await page.locator(`[data-table="evidence-${finding_id}"] tbody tr`).allInnerTexts();
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(indicator_ip.some((address) => row.includes(address))).toBe(true);
        expect(legs.some((leg) => row.includes(leg.interface_id))).toBe(true);
        expect(row).toMatch(/_vpcflowlogs_\S+\.log\.gz:\d+/);
      }
    }
  });

  it('searches findings and rows, and puts everything back', async () => {
    const { page } = await reader.open(demo.html);
    await page.keyboard.press('/');
    await page.keyboard.type('203.0.113.66');
    const cards = page.locator('article:visible');
    expect(await cards.count()).toBe(demo.findings.filter(({ indicator }) => indicator === '203.0.113.66').length);
    const rows = await page.locator('#sightings tbody tr').allInnerTexts();
    expect(rows.length).toBe(demo.sightings.filter(({ indicator }) => indicator === '203.0.113.66').length);
    expect(rows.every((row) => row.includes('203.0.113.66'))).toBe(true);
    expect(await page.locator('.tools output').textContent()).toMatch(/^2 of 6 findings, \d+ of [\d,]+ rows$/);
    await page.getByRole('searchbox').fill('no such thing');
    expect(await cards.count()).toBe(0);
    await page.getByRole('searchbox').fill('');
    expect(await page.locator('#sightings tbody tr').count()).toBe(demo.sightings.length);
  });

  it('sorts by the keyboard, numbers as numbers, and says so', async () => {
    const { page } = await reader.open(demo.html);
    const heading = page.locator('#sightings th', { hasText: 'Out' });
    const read = async () => (await page.locator('#sightings tbody tr td:nth-child(5)').allInnerTexts()).slice(0, 3);
    const sizes = demo.sightings.map(({ bytes_out }) => bytes_out).sort((a, b) => (a < b ? 1 : -1));
    await heading.getByRole('button').focus();
    await page.keyboard.press('Enter');
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    expect(await read()).toEqual(sizes.slice(0, 3).map(formatBytes));
    await page.keyboard.press('Space');
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
    expect(await read()).toEqual(sizes.reverse().slice(0, 3).map(formatBytes));
    expect(await page.locator('#sightings th[aria-sort]').count()).toBe(1);
  });

  it('selects a time by keys or by dragging, and tells what was in it', async () => {
    const { page } = await reader.open(demo.html);
    const [from, to] = [page.getByRole('slider', { name: 'From' }), page.getByRole('slider', { name: 'To' })];
    await from.focus();
    for (let hour = 0; hour < 45; hour++) await page.keyboard.press('ArrowRight');
    expect(await from.getAttribute('aria-valuetext')).toBe('2026-09-02 21:00 UTC');
    await to.focus();
    for (let hour = 0; hour < 26; hour++) await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.brush output').textContent()).toBe('2026-09-02 21:00 to 2026-09-02 22:00 UTC');
    const exfiltration = demo.findings.find(({ indicator }) => indicator === '198.51.100.0/24')!;
    const hour = exfiltration.hourly.find((one) => one.hour === '2026-09-02T21:00:00Z')!;
    const told = `${hour.records} records, out ${formatBytes(hour.bytes_out)}, in ${formatBytes(hour.bytes_in)}`;
    expect(await page.locator('.brush li', { hasText: '198.51.100.0/24' }).textContent()).toContain(told);
    const starts = await page.locator('[data-table^="evidence-"] tbody th').allInnerTexts();
    expect(starts.length).toBeGreaterThan(0);
    expect(starts.every((start) => start.startsWith('2026-09-02 2'))).toBe(true);
    await page.getByRole('button', { name: 'All the time' }).click();
    const { x, y, width } = (await page.locator('.timeline > svg').boundingBox())!;
    await page.mouse.move(x + 1, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + width / 3 - 2, y + 25, { steps: 4 });
    await page.mouse.up();
    expect(await page.locator('.brush output').textContent()).toBe('2026-09-01 00:00 to 2026-09-02 00:00 UTC');
    expect(await page.locator('.selection').getAttribute('visibility')).toBe('visible');
  });

  it('fits a phone, and paper', async () => {
    const { page } = await reader.open(demo.html, { viewport: { width: 360, height: 700 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
    const pages = pdf.match(/\/Type\s*\/Page\b/g) ?? [];
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.length).toBeLessThanOrEqual(4);
  });
});
