import { describe, expect, it } from 'vitest';
import { SEVERITY_LINES } from '../../src/core/severity-table.ts';
import { nameTechnique } from '../../src/core/technique.ts';

const lineOf = (id: string) => SEVERITY_LINES.find((line) => line.id === id)!;

describe('what was let in and answered', () => {
  it.each(['6/22', '6/23', '6/3389', '6/5900', '6/5986'])('on %s is a remote service', (service) => {
    expect(nameTechnique(lineOf('let-in-answered'), { services: { [service]: 3, '6/443': 100 } }).id).toBe('T1133');
  });

  it.each([[{ '6/443': 3 }], [{ '6/2222': 3 }], [{ '1': 3 }], [{}]])('with %j is an exploit', (services) => {
    expect(nameTechnique(lineOf('let-in-answered'), { services }).id).toBe('T1190');
  });
});

it('all else is what its line says', () => {
  const all = SEVERITY_LINES.map((line) => [line.id, nameTechnique(line, { services: { '6/22': 1 } }).id]);
  expect(Object.fromEntries(all)).toEqual({
    ...{ 'opened-blocked': 'T1071', 'opened-unanswered': 'T1071', 'opened-large-two-way': 'T1041' },
    ...{ 'opened-large': 'T1041', 'opened-two-way': 'T1071', 'opened-kept-sending': 'T1071' },
    ...{ 'rejected-from-outside': 'T1595', 'let-in-answered': 'T1133', 'let-in-unanswered': 'T1595' },
  });
});
