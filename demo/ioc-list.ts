/** The IOC list of the demo, with the oddities that real lists have, and what a reader must make of it. */
import { INDICATORS } from './incident.ts';

/** Never seen in the logs: a list is mostly that. */
const UNSEEN: readonly (readonly [string, string])[] = [
  ['203.0.113.7', 'C2 panel, retired'],
  ['203.0.113.12', 'botnet controller'],
  ['203.0.113.19', 'botnet controller'],
  ['203.0.113.31', 'loader'],
  ['203.0.113.45', 'loader'],
  ['203.0.113.52', 'credential phishing'],
  ['203.0.113.60', 'C2 panel, staging'],
  ['203.0.113.69', 'C2 panel, staging'],
  ['203.0.113.88', 'stealer gate'],
  ['203.0.113.97', 'stealer gate'],
  ['203.0.113.104', 'proxy of a rented botnet'],
  ['203.0.113.118', 'proxy of a rented botnet'],
  ['203.0.113.133', 'phishing kit'],
  ['203.0.113.150', 'mining pool'],
  ['203.0.113.151', 'mining pool'],
  ['203.0.113.166', 'remote access tool'],
  ['203.0.113.172', 'remote access tool'],
  ['203.0.113.180', 'brute forcer'],
  ['203.0.113.199', 'brute forcer'],
  ['203.0.113.224/28', 'bulletproof hosting'],
  ['203.0.113.208/29', 'bulletproof hosting'],
  ['198.51.100.250', 'drop site, admin address'],
  ['2001:db8:77::2', 'scanner'],
  ['2001:db8:bad:1::/64', 'bulletproof hosting'],
  ['2001:db8:bad:f00::53', 'DNS tunnel'],
  ['2001:db8:dead::443', 'C2 panel over IPv6'],
  ['2001:db8:770:1::1', 'scanner'],
  ['203.0.113.242', 'stealer gate'],
  ['203.0.113.243', 'stealer gate'],
  ['203.0.113.245', 'exploit kit'],
  ['203.0.113.249', 'exploit kit'],
  ['203.0.113.251', 'ransomware leak site'],
  ['2001:db8:bad:2::/64', 'bulletproof hosting'],
  ['2001:db8:feed:5::17', 'mining pool'],
];

const LINES: readonly string[] = [
  'threat_ip,threat_comment',
  '# Drill list. Every address is reserved for documentation (RFC 5737, RFC 3849).',
  `${INDICATORS.c2},C2 panel`,
  `${INDICATORS.dropSite},drop site`,
  `${INDICATORS.scannerNetwork},scanner`,
  '2001:0DB8:0077:0000:0000:0000:0000:0001,scanner',
  `${INDICATORS.phishing},phishing kit`,
  '# What follows has not been seen yet.',
  ...UNSEEN.slice(0, 10).map(toLine),
  '203.0.113.141,"loader, second stage"',
  '203.0.113[.]142,"loader, third stage"',
  '203.0.113.300,mistyped',
  ...UNSEEN.slice(10, 20).map(toLine),
  '10.0.0.0/8,pasted from a firewall export',
  `${INDICATORS.c2},seen again`,
  ...UNSEEN.slice(20).map(toLine),
];

function toLine([indicator, comment]: readonly [string, string]): string {
  return `${indicator},${comment.includes(',') ? `"${comment}"` : comment}`;
}

export const IOC_LIST = {
  text: `${LINES.join('\n')}\n`,
  facts: {
    valid: UNSEEN.length + 7,
    duplicates: 1,
    invalid: [{ line: LINES.indexOf('203.0.113.300,mistyped') + 1, text: '203.0.113.300' }],
    refused: [{ line: LINES.indexOf('10.0.0.0/8,pasted from a firewall export') + 1, text: '10.0.0.0/8' }],
  },
} as const;
