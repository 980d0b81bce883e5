/** Usable without a mouse, without colours and without seeing it: by axe's rules, and by those it has none for. */
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { tellSweep } from './told.ts';

const DEMO = fileURLToPath(new URL('../../demo/', import.meta.url));

type Violations = { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] };

describeInBrowser('accessibility', (reader) => {
  let html: string;
  beforeAll(async () => {
    ({ html } = await tellSweep(`${DEMO}logs`, `${DEMO}iocs.csv`));
  });

  it.each(['light', 'dark'] as const)('has nothing that axe complains of, %s', async (colorScheme) => {
    const { page } = await reader.open(html, { colorScheme });
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as Violations;
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html, nodes[0]?.failureSummary])).toEqual([]);
  });

  it('has landmarks, headings in order, and a name for every table, picture and control', async () => {
    const { page } = await reader.open(html);
    for (const role of ['main', 'navigation', 'search'] as const) expect(await page.getByRole(role).count()).toBe(1);
    const read = '[...document.querySelectorAll("h1, h2, h3, h4")].map((one) => Number(one.tagName[1]))';
    const levels = (await page.evaluate(read)) as number[];
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? level)).toBeLessThanOrEqual(1);
    const tables = await page.locator('table').count();
    expect(await page.locator('table:has(> caption)').count()).toBe(tables);
    expect(await page.locator('svg[role="img"]:not([aria-label])').count()).toBe(0);
    const snapshot = await page.locator('body').ariaSnapshot();
    expect(snapshot).toMatch(/heading "3 hosts need someone now/);
    expect(snapshot).toMatch(/slider "From"/);
    expect(snapshot).toMatch(/img "Active in 4 of 72 hours/);
  });

  it('is walked through by the tab key, and where one is can be seen', async () => {
    const { page } = await reader.open(html);
    const seen: string[] = [];
    for (let press = 0; press < 14; press++) {
      await page.keyboard.press('Tab');
      const focus = (await page.evaluate(
        '(() => { const e = document.activeElement; return [e.textContent || e.type, getComputedStyle(e).outlineStyle, e.getBoundingClientRect().x >= 0]; })()',
      )) as [string, string, boolean];
      expect(focus[1], focus[0]).toBe('solid');
      expect(focus[2], focus[0]).toBe(true);
      seen.push(focus[0]);
    }
    expect(seen[0]).toBe('To the report');
    expect(seen).toContain('search');
  });

  it('tells severity by a word wherever it has a colour', async () => {
    const { page } = await reader.open(html);
    const words = await page.locator('.severity').allTextContents();
    expect(words.length).toBeGreaterThan(10);
    expect(new Set(words)).toEqual(new Set(['Critical', 'High', 'Medium', 'Info']));
  });
});
