/** Any findings at all → a page whose markup is ours alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding-document.ts';
import { toNextSteps } from '../../src/core/runbook.ts';
import { renderPage } from '../../src/report/page.ts';
import { findings as arbitraryFinding } from '../unit/arbitrary-findings.ts';
import { toCase } from './sightings.ts';

const render = (findings: readonly Finding[]) => renderPage({ ...toCase([]), findings }, toNextSteps);
const countOf = (page: string, pattern: RegExp) => page.match(pattern)?.length ?? 0;

describe('a page', () => {
  it('has the same elements whatever is in logs and lists, each closed, and no character that acts', () => {
    fc.assert(
      fc.property(fc.array(arbitraryFinding, { maxLength: 4 }), (findings) => {
        const page = render(findings);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/);
        expect(page.isWellFormed()).toBe(true);
        expect(countOf(page, /<script type="module">/g)).toBe(3);
        expect(countOf(page, /<script/g)).toBe(countOf(page, /<\/script>/g));
        for (const element of ['article', 'section', 'table', 'tr', 'td', 'bdi', 'code', 'svg', 'text', 'li', 'dl']) {
          const open = countOf(page, new RegExp(`<${element}[ >]`, 'g'));
          expect(open, element).toBe(countOf(page, new RegExp(`</${element}>`, 'g')));
        }
        expect(page.length).toBeLessThan(400_000);
      }),
      { numRuns: 60 },
    );
  });

  it('says that nothing got through only where nothing did', () => {
    const [finding] = fc.sample(arbitraryFinding, { numRuns: 1, seed: 1 }) as [Finding];
    const quiet = { ...finding, severity: 'INFORMATIONAL', rejected: 5 } as const;
    const verdict = (findings: readonly Finding[]) => /<h1>(.*?)<\/h1>/.exec(render(findings))?.[1];
    expect(verdict([{ ...quiet, accepted: 0 }])).toBe('Nothing got through: all attempts were rejected.');
    expect(verdict([{ ...quiet, accepted: 1 }])).toBe('Nothing grave: what was found is only worth knowing.');
    expect(verdict([{ ...quiet, severity: 'LOW' }])).toBe('Nothing urgent: 1 finding to look at when there is time.');
    expect(verdict([{ ...quiet, severity: 'CRITICAL' }])).toBe('1 host needs someone now: 1 critical finding.');
    expect(verdict([])).toBe('Nothing was looked at, so nothing can be said.');
  });
});
