/**
 * The severity table: which outcome is how bad. Of the lines of a side the first applies whose facts all hold. Severities and
 * thresholds can be set anew; what the lines ask cannot.
 */
import type { Severity } from './severity.ts';

/** What is true of one host's traffic with one indicator. */
export type Fact = 'nothing passed' | 'unanswered' | 'large' | 'two-way' | 'nothing let in' | 'answered';

export type SeverityLine = {
  /** Findings name it. */
  readonly id: string;
  /** Who began. */
  readonly opener: 'host' | 'outside';
  readonly when: readonly Fact[];
  readonly severity: Severity;
  readonly reason: string;
  /** MITRE ATT&CK: https://attack.mitre.org/techniques/enterprise/ */
  readonly technique: Technique;
};

export type Technique = { readonly id: string; readonly name: string };

const C2: Technique = { id: 'T1071', name: 'Application Layer Protocol' };
const EXFILTRATION: Technique = { id: 'T1041', name: 'Exfiltration Over C2 Channel' };
const SCANNING: Technique = { id: 'T1595', name: 'Active Scanning' };
const EXPLOIT: Technique = { id: 'T1190', name: 'Exploit Public-Facing Application' };
/** Of what was let in on a port for administration. */
export const REMOTE_SERVICES: Technique = { id: 'T1133', name: 'External Remote Services' };

export const SEVERITY_LINES: readonly SeverityLine[] = [
  {
    ...{ id: 'opened-blocked', opener: 'host', when: ['nothing passed'], severity: 'MEDIUM', technique: C2 },
    reason: 'the host tried and was blocked',
  },
  {
    ...{ id: 'opened-unanswered', opener: 'host', when: ['unanswered'], severity: 'MEDIUM', technique: C2 },
    reason: 'the host opened it, nothing came back',
  },
  {
    ...{ id: 'opened-large-two-way', opener: 'host', when: ['large', 'two-way'], severity: 'CRITICAL' },
    ...{ reason: 'the host opened it, data went both ways; {large} or more left', technique: EXFILTRATION },
  },
  {
    ...{ id: 'opened-large', opener: 'host', when: ['large'], severity: 'CRITICAL', technique: EXFILTRATION },
    reason: 'the host kept sending; {large} or more left',
  },
  {
    ...{ id: 'opened-two-way', opener: 'host', when: ['two-way'], severity: 'HIGH', technique: C2 },
    reason: 'the host opened it, data went both ways',
  },
  {
    ...{ id: 'opened-kept-sending', opener: 'host', when: [], severity: 'HIGH', technique: C2 },
    reason: 'the host kept sending',
  },
  {
    ...{ id: 'rejected-from-outside', opener: 'outside', when: ['nothing let in'], severity: 'INFORMATIONAL' },
    ...{ reason: 'attempts from outside, all blocked', technique: SCANNING },
  },
  {
    ...{ id: 'let-in-answered', opener: 'outside', when: ['answered'], severity: 'HIGH', technique: EXPLOIT },
    reason: 'let in from outside, and answered',
  },
  {
    ...{ id: 'let-in-unanswered', opener: 'outside', when: [], severity: 'MEDIUM', technique: SCANNING },
    reason: 'let in from outside, no answer seen',
  },
];

/** The line that several hosts earn: no longer one machine's trouble. */
export const SEVERAL_HOSTS = 'several-hosts';
export const SEVERITY_LINE_IDS: readonly string[] = [...SEVERITY_LINES.map(({ id }) => id), SEVERAL_HOSTS];

export type SeverityTable = {
  /** Severities other than the table's, by line. */
  readonly lines: Readonly<Record<string, Severity>>;
  /** So many bytes to one indicator are large. */
  readonly largeBytesOut: number;
  /** Graver than HIGH from so many hosts on. */
  readonly severalHosts: number;
};

/** 25 MB sent to one indicator is more than a beacon needs (RITA's threat-intel threshold). */
export const DEFAULT_SEVERITY_TABLE: SeverityTable = { lines: {}, largeBytesOut: 25_000_000, severalHosts: 2 };
