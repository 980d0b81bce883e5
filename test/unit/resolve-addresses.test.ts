/** ResolveAddresses: which of a chunk's addresses lie in an indicator, written where the match query joins them. */
import { beforeEach, expect, it } from 'vitest';
import { parseNetwork } from '../../src/core/address.ts';
import { readIndicatorLists } from '../../src/core/indicator-list.ts';
import { compileIndicators } from '../../src/core/indicator-set.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { resolveAddresses } from '../../src/tasks/resolve-addresses.ts';
import { openMemoryStore } from '../property/memory-store.ts';
import { toStoredObject } from './cloud-world.ts';

const LIST = '203.0.113.7,exact\n203.0.113.0/24,network\n2001:db8::/32,six\n198.51.100.9,allowed\n';
const OBJECTS = 'runs/x/chunks/3.objects.json';
let objects: Map<string, string>;
let store: ObjectStore;
beforeEach(() => {
  objects = new Map([[OBJECTS, JSON.stringify([toStoredObject(), toStoredObject({ serial: 2 })])]]);
  store = openMemoryStore(objects);
});

function resolve(addresses: readonly (string | null)[], table?: string) {
  const { indicators } = readIndicatorLists([{ source: 'iocs.csv', text: LIST }], { own: [] });
  const set = compileIndicators(indicators, [parseNetwork('198.51.100.0/24')!.network]);
  const chunk = { chunk: 3, objects: OBJECTS, ...(table === undefined ? {} : { table }) };
  return resolveAddresses(
    { execution: 'x', indicators: 'indicators/v.json', batch: 'b', chunk, addresses: { location: 'rows' } },
    {
      store,
      indicatorSet: async () => set,
      results: {
        async *rows() {
          for (const address of addresses) yield { address };
        },
      },
    },
  );
}

function addressRows(): Record<string, string>[] {
  const text = objects.get('evidence/indicator_addresses/batch=b/chunk=3/part.json') ?? '';
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

it('writes each address with the narrowest of its indicators, and those around it', async () => {
  const output = await resolve(['10.0.0.5', '203.0.113.7', '203.0.113.8', '2001:db8::7', '192.0.2.1'], 'flow_1');
  expect(output).toEqual({
    ...{ chunk: 3, found: true, result: 'runs/x/chunks/3.json' },
    evidence: [{ batch: 'b', chunk: 3, objects: OBJECTS, table: 'flow_1' }],
  });
  expect(addressRows()).toEqual([
    { address: '2001:db8::7', indicator: '2001:db8::/32', comment: 'six', source: 'iocs.csv', also_in: '' },
    {
      address: '203.0.113.7',
      indicator: '203.0.113.7',
      comment: 'exact',
      source: 'iocs.csv',
      also_in: '203.0.113.0/24',
    },
    { address: '203.0.113.8', indicator: '203.0.113.0/24', comment: 'network', source: 'iocs.csv', also_in: '' },
  ]);
});

it('keeps an address as the log wrote it: the query compares text', async () => {
  await resolve(['2001:DB8:0::7', '::ffff:203.0.113.8', '2001:db8::7']);
  expect(addressRows().map(({ address, indicator }) => `${address} ${indicator}`)).toEqual([
    ...['2001:DB8:0::7 2001:db8::/32', '2001:db8::7 2001:db8::/32', '::ffff:203.0.113.8 203.0.113.0/24'],
  ]);
});

it('finds nothing in what is no address, absent or allowed', async () => {
  const output = await resolve([null, '-', '', 'host', '203.0.113.07', '198.51.100.9']);
  expect(output).toEqual({ chunk: 3, found: false, result: 'runs/x/chunks/3.json', evidence: [] });
  expect([...objects.keys()].filter((key) => key.startsWith('evidence/'))).toEqual([]);
});

it('counts the objects and their bytes, found or not', async () => {
  await resolve([]);
  expect(JSON.parse(objects.get('runs/x/chunks/3.json')!)).toMatchObject({
    objects: 2,
    bytes: 200,
    records: 0,
    matches: 0,
  });
});

it('twice is as good as once', async () => {
  const once = await resolve(['203.0.113.7', '203.0.113.8']);
  const stored = new Map(objects);
  expect(await resolve(['203.0.113.8', '203.0.113.7'])).toEqual(once);
  expect(objects).toEqual(stored);
});
