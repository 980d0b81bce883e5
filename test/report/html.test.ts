import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataIsland, html, toVisible } from '../../src/report/html.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '/',
      '`',
      '$',
      '{',
      '\u2028',
      '\u202e',
      '\u001b',
      '\ud83d',
      'script',
    ),
  }),
);

describe('html', () => {
  it('lets no text out of an element or an attribute', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { text: markup } = html`<p title="${text}">${text}</p>`;
        const [, attribute, content] = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/s.exec(markup) ?? [];
        const toText = (escaped = '') =>
          escaped.replace(
            /&(lt|gt|quot|#39|amp);/g,
            (_all, name: string) => ({ lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' })[name]!,
          );
        expect(toText(attribute)).toBe(toVisible(text));
        expect(toText(content)).toBe(toVisible(text));
      }),
    );
  });

  it('puts markup into markup as it is, lists one after the other, and nothing for nothing', () => {
    const items = ['a<', 'b'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>${null}${undefined}${false}${0}${10n}`.text).toBe(
      '<ul><li>a&lt;</li><li>b</li></ul>010',
    );
  });

  it('refuses an attribute without quotation marks', () => {
    expect(() => html`<p title=${'x'}>`).toThrow(TypeError);
  });
});

describe('dataIsland', () => {
  it('is never ended by what is in it, and reads back as it was', () => {
    fc.assert(
      fc.property(fc.array(anyText), (texts) => {
        const { text } = dataIsland('rows', { texts });
        expect(text.match(/</g)).toHaveLength(2);
        const json = text.slice(text.indexOf('>') + 1, text.lastIndexOf('<'));
        expect(JSON.parse(json)).toEqual({ texts: texts.map(toVisible) });
      }),
    );
  });
});
