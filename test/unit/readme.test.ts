/** README.md says what the code does: its generated parts are fresh, its tables complete, its links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tellCosts, toCostParts } from '../../docs/cost-parts.ts';
import { countLines, readPart, toQueryTable, writePart } from '../../docs/readme-parts.ts';
import { parseConfig } from '../../src/core/config.ts';
import { readCatalogue } from '../../src/local/sql-files.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const PAGES = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'demo/README.md', ...pagesIn('docs')];

function pagesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file}`);
}

/** The formatter pads the cells of tables. */
const unpad = (text: string) => text.replace(/ +/g, ' ').replace(/-{2,}/g, '---').trim();

describe('README.md', () => {
  it('has the catalogue of queries as sql/ has it (npm run docs)', async () => {
    expect(unpad(readPart(README, 'queries'))).toBe(unpad(toQueryTable(await readCatalogue())));
  });

  it('states the size of the project within a tenth (npm run docs)', () => {
    const stated = readPart(README, 'size')
      .match(/\d[\d,]*/g)!
      .map((number) => Number(number.replaceAll(',', '')));
    const { typescript, sql, stateMachine } = countLines();
    for (const [i, lines] of [typescript, sql, stateMachine].entries()) {
      // Stated in hundreds.
      expect(Math.abs(stated[i]! - lines)).toBeLessThanOrEqual(Math.max(100, lines / 10));
    }
  });

  it('has every setting in its configuration table', () => {
    const problem = captureMessage(() => parseConfig('{ "no-such-setting": 1 }', 'test'));
    const known = /Known settings: ([\w, ]+)/.exec(problem)?.[1]?.split(', ') ?? [];
    expect(known).toContain('home');
    for (const setting of known)
      expect(README).toMatch(new RegExp(`^\\| \`--[a-z-]+\` +\\|.*\\| \`${setting}\` +\\|`, 'm'));
  });

  it('has every command in its table', () => {
    const commands = readdirSync(join(ROOT, 'src/cli/commands')).map((file) => file.replace('.ts', ''));
    for (const command of commands) expect(README).toMatch(new RegExp(`^\\| \`flowhound ${command}[ \`]`, 'm'));
  });
});

describe('costs', () => {
  it('in README.md are those of the calculator (npm run docs)', () => {
    expect(readPart(README, 'cost')).toBe(tellCosts());
  });

  it.each(Object.entries(toCostParts()))('in docs/operations.md, "%s", are those of the calculator', (name, part) => {
    const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    expect(unpad(readPart(page, name))).toBe(unpad(part));
  });
});

describe('pages', () => {
  it.each(PAGES)('%s has no dead link', (page) => {
    const links = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link]) => link!);
    const local = links.filter((link) => !link.includes('://'));
    expect(local.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
  });
});

describe('a part of a page', () => {
  it('is replaced between its marks, and only there', () => {
    const page = 'before <!-- a -->old<!-- /a --> after';
    expect(readPart(writePart(page, 'a', 'new'), 'a')).toBe('new');
    expect(writePart(page, 'a', 'new')).toBe('before <!-- a -->\nnew\n<!-- /a --> after');
    expect(() => readPart(page, 'b')).toThrow('<!-- b -->');
  });
});

function captureMessage(run: () => void): string {
  try {
    run();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
