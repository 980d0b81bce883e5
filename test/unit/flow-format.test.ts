import { describe, expect, it } from 'vitest';
import { isHeaderLine, parseHeader } from '../../src/core/flow-format.ts';

describe('parseHeader', () => {
  it.each([
    ['any order', 'dstaddr bytes srcaddr', ['dstaddr', 'bytes', 'srcaddr']],
    ['the least', 'srcaddr dstaddr', ['srcaddr', 'dstaddr']],
    ['unknown names are kept', 'srcaddr dstaddr future-field', ['srcaddr', 'dstaddr', 'future-field']],
    ['a field twice', 'srcaddr dstaddr srcaddr', ['srcaddr', 'dstaddr', 'srcaddr']],
    ['CRLF', 'srcaddr dstaddr\r', ['srcaddr', 'dstaddr']],
    ['byte order mark', '\uFEFFversion srcaddr dstaddr', ['version', 'srcaddr', 'dstaddr']],
  ])('%s', (_name, line, fields) => {
    expect(parseHeader(line)).toEqual({ fields });
  });

  it.each([
    ['no destination', 'version srcaddr dstport'],
    ['no source', 'dstaddr'],
    ['packet-level addresses only', 'pkt-srcaddr pkt-dstaddr'],
    ['names in other case', 'SRCADDR DSTADDR'],
    ['names joined by commas', 'srcaddr,dstaddr'],
    ['names in the columns of a table', 'sourceaddress destinationaddress'],
    ['a record', '2 111122223333 eni-0a1b2c3d 10.0.0.5 203.0.113.7 49152 443 6 10 840 1788220800 1788220860 ACCEPT OK'],
    ['nothing', ''],
  ])('%s is no usable header', (_name, line) => {
    expect(parseHeader(line)).toBeUndefined();
  });
});

describe('isHeaderLine', () => {
  it('knows a header where objects were joined', () => {
    expect(isHeaderLine('version srcaddr dstaddr\r')).toBe(true);
    expect(isHeaderLine('10.0.0.5 203.0.113.7 840')).toBe(false);
  });
});
