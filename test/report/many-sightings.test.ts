/** Ten thousand sightings: all are found, and finding them takes no longer than drawing what is shown of them. */
import { expect, it } from 'vitest';
import { renderPage } from '../../src/report/page.ts';
import { describeInBrowser } from './browser.ts';
import { makeSightings, toCase } from './sightings.ts';

const COUNT = 10_000;
/** Measured: 0.4. Both are taken on the same page at the same time, on whatever machine. */
const MOST = 4;

/** Median times of a search and of the baseline: a table of the rows a search shows, made and laid out by hand. */
const MEASURE = `(() => {
  const input = document.querySelector('input[type="search"]');
  const rows = [...document.querySelectorAll('#sightings tbody tr')].slice(0, 100);
  const baseline = () => {
    const table = document.createElement('table');
    const body = table.createTBody();
    for (const row of rows) {
      const copy = body.insertRow();
      for (const cell of row.cells) { const code = document.createElement('code'); code.textContent = cell.textContent; copy.insertCell().append(code); }
    }
    document.querySelector('#sightings').append(table);
    table.offsetHeight;
    table.remove();
    document.body.offsetHeight;
  };
  const search = (words) => () => {
    input.value = words;
    input.dispatchEvent(new Event('input'));
    document.body.offsetHeight;
  };
  const time = (act) => { const began = performance.now(); act(); return performance.now() - began; };
  const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  const searches = ['family 7', '10.0.3', 'eni-0000 113.9', '', 'medium', 'nothing like it', '203.0.113.77'];
  const [found, drawn] = [[], []];
  for (let round = 0; round < 3; round++) for (const words of searches) { drawn.push(time(baseline)); found.push(time(search(words))); }
  return { search: median(found), slowest: Math.max(...found), baseline: median(drawn) };
})()`;

describeInBrowser('ten thousand sightings', (reader) => {
  const sightings = makeSightings(COUNT);
  const html = renderPage(toCase(sightings));

  it('are all found, by search and page by page', async () => {
    const { page, complaints } = await reader.open(html);
    const rows = page.locator('#sightings tbody tr');
    expect(await rows.count()).toBe(100);
    await page.getByRole('searchbox').fill('203.0.113.77');
    expect(await rows.count()).toBe(COUNT / 250);
    await page.getByRole('searchbox').fill('203.0.113.7 MEDIUM');
    const all = sightings.filter(({ indicator }) => indicator.includes('203.0.113.7')).length;
    expect(await page.locator('#sightings .rest').textContent()).toContain(`100 of ${all} rows`);
    await page.getByRole('button', { name: 'Show 200 more' }).click();
    expect(await rows.count()).toBe(300);
    await page.getByRole('searchbox').fill('');
    await page.locator('#sightings th', { hasText: 'Records' }).getByRole('button').click();
    const first = sightings.at(-1)!;
    expect(await rows.first().textContent()).toContain(first.local_ip);
    expect(complaints).toEqual([]);
  });

  it('are told as left out where they are more than a page takes', () => {
    const page = renderPage(toCase(makeSightings(20_001)));
    expect(page).toContain('20,001 rows; 1 left out here');
    expect(page.length).toBeLessThan(6_000_000);
  });

  it('are searched in the time in which a table of the same size is drawn', async () => {
    const { page } = await reader.open(html);
    const measured = (await page.evaluate(MEASURE)) as { search: number; slowest: number; baseline: number };
    const told = `${(measured.search / measured.baseline).toFixed(2)} (${JSON.stringify(measured)})`;
    expect(measured.search / measured.baseline, told).toBeLessThan(MOST);
  });
});
