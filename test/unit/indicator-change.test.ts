import { describe, expect, it } from 'vitest';
import { compareIndicators } from '../../src/core/indicator-change.ts';
import { readIndicatorLists } from '../../src/core/indicator-list.ts';

function read(text: string, source = 'a.csv') {
  return readIndicatorLists([{ source, text }], { own: [] }).indicators;
}

describe('compareIndicators', () => {
  it('names what comes, goes and reads otherwise, by indicator', () => {
    const before = read('203.0.113.7 panel\n192.0.2.0/24 scanner\n2001:db8::1 drop\n');
    const after = read('203.0.113.7 old panel\n2001:DB8::1 drop\n198.51.100.9 new\n');
    expect(compareIndicators(before, after)).toEqual([
      { change: 'removed', indicator: '192.0.2.0/24', comment: 'scanner', source: 'a.csv' },
      { change: 'added', indicator: '198.51.100.9', comment: 'new', source: 'a.csv' },
      { change: 'changed', indicator: '203.0.113.7', comment: 'old panel', source: 'a.csv' },
    ]);
    expect(compareIndicators(before, before)).toEqual([]);
  });

  it('tells when another list names the same entry', () => {
    expect(compareIndicators(read('203.0.113.7 x', 'a.csv'), read('203.0.113.7 x', 'b.csv'))).toMatchObject([
      { change: 'changed', source: 'b.csv' },
    ]);
  });
});
