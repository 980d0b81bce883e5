import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJson, toJson } from '../../src/core/exact-json.ts';

describe('exact JSON', () => {
  it('writes every digit of an integer and reads it back', () => {
    const text = toJson({ bytes: 18_446_744_073_709_551_614n, small: 7n, negative: -9_007_199_254_740_993n });
    expect(text).toBe('{"bytes":18446744073709551614,"small":7,"negative":-9007199254740993}');
    expect(fromJson(text)).toEqual({ bytes: 18_446_744_073_709_551_614n, small: 7, negative: -9_007_199_254_740_993n });
  });

  it('turns to bigint exactly where a number would lose digits', () => {
    expect(fromJson('[9007199254740991,9007199254740992,-9007199254740991,-9007199254740992]')).toEqual([
      9_007_199_254_740_991,
      9_007_199_254_740_992n,
      -9_007_199_254_740_991,
      -9_007_199_254_740_992n,
    ]);
  });

  it('leaves all else as JSON has it', () => {
    const document = { text: '9007199254740993', list: [1.5, null, true, 'ü"\n'], deep: { empty: {} } };
    expect(fromJson(toJson(document))).toEqual(document);
    expect(fromJson('[1.5e300, 1e3]')).toEqual([1.5e300, 1000]);
    expect(toJson({ a: [1n] }, 2)).toBe('{\n  "a": [\n    1\n  ]\n}');
  });

  it('is exact for any integer', () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        expect(toJson([value])).toBe(`[${value}]`);
        expect(BigInt(fromJson<[number | bigint]>(`[${value}]`)[0])).toBe(value);
      }),
    );
  });
});
