import { describe, expect, it } from 'vitest';
import { mergeSettings, parseConfig } from '../../src/core/config.ts';
import { UsageError } from '../../src/core/errors.ts';

function failure(run: () => unknown): UsageError {
  try {
    run();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseConfig', () => {
  it('takes every known setting', () => {
    const settings = {
      ...{ home: 'state', output: 'ndjson', iocs: ['a.csv', 'b.txt'], allow: ['allow.txt'], own: ['198.51.100.0/24'] },
      ...{ accounts: ['111122223333'], regions: ['us-east-1'], profile: 'audit', region: 'eu-west-1' },
      endpointUrl: 'http://127.0.0.1:4566',
    };
    expect(parseConfig(JSON.stringify(settings), 'flowhound.json')).toEqual(settings);
    expect(parseConfig('{}', 'flowhound.json')).toEqual({});
  });

  it('names every problem at once, the file and what there is', () => {
    const text = JSON.stringify({ output: 'yaml', acounts: ['111122223333'], accounts: ['1234', 7], home: null });
    const { message, exitStatus } = failure(() => parseConfig(text, 'conf/flowhound.json'));
    expect(exitStatus).toBe(2);
    expect(message).toMatch(/^conf\/flowhound\.json: /);
    for (const named of [
      'output: one of table, ndjson, json, csv, asff, ocsf is expected',
      'unknown acounts',
      'accounts.0: an account has 12 digits',
      'accounts.1: string is expected',
      'home: string is expected',
    ]) {
      expect(message).toContain(named);
    }
    expect(message).toContain('Known settings: home, output, iocs');
    expect(message).not.toContain('\n');
  });

  it.each(['', '{', 'home: state', '[]', '"text"', 'null'])('%s is no config', (text) => {
    expect(failure(() => parseConfig(text, 'flowhound.json')).message).toContain('flowhound.json');
  });
});

describe('mergeSettings', () => {
  const environment = { FLOWHOUND_HOME: 'from-environment', FLOWHOUND_OUTPUT: 'json' };
  const file = { home: 'from-file', output: 'csv', region: 'eu-west-1' } as const;

  it('options win over environment, that over the file, that over the defaults', () => {
    expect(mergeSettings({ home: 'from-option' }, environment, file)).toEqual({
      settings: { home: 'from-option', output: 'json', region: 'eu-west-1', stage: 'dev' },
      origins: { home: 'option', output: 'environment', region: 'config file', stage: 'default' },
    });
    expect(mergeSettings({}, environment, file).settings.home).toBe('from-environment');
    expect(mergeSettings({}, {}, file).settings.home).toBe('from-file');
    expect(mergeSettings({}, {}, {})).toEqual({
      settings: { home: '.flowhound', stage: 'dev' },
      origins: { home: 'default', stage: 'default' },
    });
  });

  it('an option that was not given hides nothing', () => {
    const { settings } = mergeSettings({ home: undefined } as never, {}, file);
    expect(settings.home).toBe('from-file');
  });

  it('reads lists from the environment, and the variables of AWS', () => {
    const { settings } = mergeSettings(
      {},
      { FLOWHOUND_IOCS: 'a.csv, b.csv', FLOWHOUND_ALLOW: 'allow.txt', AWS_PROFILE: 'audit', AWS_DEFAULT_REGION: 'x' },
      {},
    );
    expect(settings).toMatchObject({ iocs: ['a.csv', 'b.csv'], allow: ['allow.txt'], profile: 'audit', region: 'x' });
    expect(mergeSettings({}, { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'x' }, {}).settings.region).toBe(
      'us-east-1',
    );
  });

  it('an empty variable counts as none', () => {
    expect(mergeSettings({}, { FLOWHOUND_HOME: '' }, file).settings.home).toBe('from-file');
  });

  it('checks the environment as strictly as the file', () => {
    const { message } = failure(() => mergeSettings({}, { FLOWHOUND_OUTPUT: 'yaml' }, {}));
    expect(message).toMatch(/^environment: output:/);
  });
});
