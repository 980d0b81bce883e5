/** Strings that want to be more than text, through logs and lists: they are shown, and nothing else. */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { tellSweep } from './told.ts';

const COMMENTS = [
  '</script><script>window.pwned=1</script>',
  '"><img src=x onerror="window.pwned=1">',
  "' onfocus=window.pwned=1 autofocus x='",
  '</title></style></svg><svg onload=window.pwned=1>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template is what it wants to be
  '${window.pwned=1}{{constructor.constructor("window.pwned=1")()}}',
  'break\u2028line\u2029break',
  'moc.elpmaxe\u202Etxt.exe\u2066',
  '\u001b[31mred\u001b]8;;http://192.0.2.1/\u0007link\u0007',
  '<!--<script>',
  'javascript:window.pwned=1',
  `${'very long '.repeat(900)}`,
  'half a pair \ud83d',
  '&lt;b&gt;&amp;',
] as const;
/** A field of a record has no blank in it. */
const FIELDS = [
  '"><script>window.pwned=1</script>',
  "'/onmouseover='window.pwned=1",
  'eni-\u202Etxt.exe',
  '\u001b[2Jeni',
  `eni-${'x'.repeat(5000)}`,
  '</script><svg/onload=window.pwned=1>',
] as const;

const NAME = '111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60718_20260901T0000Z_0123abcd.log.gz';
const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags instance-id vpc-id pkt-dst-aws-service';

function toLine(field: string, i: number): string {
  const ends = `10.0.0.${i + 1} 203.0.113.${i + 1} 40000 443 6 10 ${1000 + i}`;
  return `5 111122223333 ${field} ${ends} 1788220800 1788220860 ACCEPT OK 2 ${field} ${field} ${field}`;
}

describeInBrowser('hostile strings', (reader) => {
  let folder: string;
  let hostile: Awaited<ReturnType<typeof tellSweep>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowhound-hostile-'));
    const logs = join(folder, 'logs/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/09/01');
    await mkdir(logs, { recursive: true });
    const lines = COMMENTS.map((_comment, i) => toLine(FIELDS[i % FIELDS.length]!, i));
    await writeFile(join(logs, NAME), gzipSync([HEADER, ...lines, ''].join('\n')));
    const rows = COMMENTS.map((comment, i) => `203.0.113.${i + 1},"${comment.replaceAll('"', '""')}"`);
    await writeFile(
      join(folder, '"><b>list.csv'),
      ['threat_ip,threat_comment', ...rows, '<i>bad</i>,x', ''].join('\n'),
    );
    hostile = await tellSweep(join(folder, 'logs'), join(folder, '"><b>list.csv'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are shown as text, and nothing runs, loads or complains', async () => {
    expect(hostile.findings.length).toBe(COMMENTS.length);
    const { page, complaints, requests } = await reader.open(hostile.html);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(await page.locator('img, iframe, object, embed, form, base, link, b, i').count()).toBe(0);
    expect(await page.locator('script:not([type="application/json"])').count()).toBe(3);
    const handlers =
      '[...document.querySelectorAll("*")].flatMap((e) => [...e.attributes]).filter((a) => /^on/i.test(a.name)).length';
    expect(await page.evaluate(handlers)).toBe(0);
    const text = (await page.locator('#indicators').textContent()) ?? '';
    for (const comment of COMMENTS.slice(0, 5)) expect(text).toContain(comment);
    expect(text).toContain('moc.elpmaxe‹U+202E›txt.exe‹U+2066›');
    expect(text).toContain('‹U+001B›[31mred');
    expect(text).toContain('&lt;b&gt;&amp;');
  });

  it('stay text when tables are made anew by the script', async () => {
    const { page, complaints } = await reader.open(hostile.html);
    for (const heading of await page.locator('#indicators thead button, #sightings thead button').all())
      await heading.click();
    await page.getByRole('searchbox').fill('</script><script>');
    expect(await page.locator('#indicators tbody tr').count()).toBe(1);
    await page.getByRole('searchbox').fill('${window');
    expect(await page.locator('#indicators tbody tr').count()).toBe(1);
    await page.getByRole('searchbox').fill('');
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it('cannot turn the direction of anything, and do not burst the page', async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(hostile.html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
    for (const width of [1200, 400]) {
      const { page } = await reader.open(hostile.html, { viewport: { width, height: 900 } });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
  });

  it('would not run even as markup: the policy refuses scripts, handlers, styles and all requests', async () => {
    let hits = 0;
    const server = createServer((_request, response) => {
      hits++;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const there = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { page } = await reader.open(hostile.html);
    const refused = await page.evaluate(`(async () => {
      const refused = new Set();
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => refused.add(effectiveDirective));
      const attempt = (act) => { try { act(); } catch (error) { refused.add(error.name); } };
      attempt(() => { const s = document.createElement('script'); s.textContent = 'window.pwned = 1'; document.body.append(s); });
      attempt(() => { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.pwned=1">'); });
      attempt(() => { const i = new Image(); i.src = '${there}x.png'; document.body.append(i); });
      attempt(() => { const d = document.createElement('div'); d.setAttribute('style', 'color: red'); document.body.append(d); });
      attempt(() => { const s = document.createElement('style'); s.textContent = 'body { display: none }'; document.head.append(s); });
      await fetch('${there}').catch(() => refused.add('fetch'));
      await new Promise((resolve) => setTimeout(resolve, 200));
      return [...refused].sort();
    })()`);
    expect(refused).toEqual(
      expect.arrayContaining(['TypeError', 'connect-src', 'fetch', 'img-src', 'style-src-attr', 'style-src-elem']),
    );
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    server.close();
    expect(hits).toBe(0);
  });
});
