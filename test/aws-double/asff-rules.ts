/** What Security Hub refuses in a finding. https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html and its neighbours */

export type Finding = Readonly<Record<string, unknown>> & { readonly Id: string; readonly ProductArn: string };

type Json = Readonly<Record<string, unknown>>;
type Rule = (value: unknown) => string | undefined;

const MOST_BYTES = 240_000;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/;
const TYPE =
  /^(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(\/[^/]+){0,2}$/;
const LABELS = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
const INDICATOR_TYPES = [
  ...['DOMAIN', 'EMAIL_ADDRESS', 'HASH_MD5', 'HASH_SHA1', 'HASH_SHA256', 'HASH_SHA512', 'IPV4_ADDRESS', 'IPV6_ADDRESS'],
  ...['MUTEX', 'PROCESS', 'URL'],
];
const INDICATOR_CATEGORIES = [
  'BACKDOOR',
  'CARD_STEALER',
  'COMMAND_AND_CONTROL',
  'DROP_SITE',
  'EXPLOIT_SITE',
  'KEYLOGGER',
];

/** Attributes of a finding, each with what it must be. */
const RULES: Readonly<Record<string, Rule>> = {
  SchemaVersion: oneOf(['2018-10-08']),
  Id: text(512),
  ProductArn: text(2048),
  GeneratorId: text(512),
  AwsAccountId: (value) => (/^\d{12}$/.test(String(value)) ? undefined : 'must be 12 digits'),
  CreatedAt: time,
  UpdatedAt: time,
  FirstObservedAt: time,
  LastObservedAt: time,
  ProcessedAt: time,
  Title: text(256),
  Description: text(1024),
  Resources: list(1, 32, checkResource),
  Severity: checkSeverity,
  Types: list(0, 50, (value) => (TYPE.test(String(value)) ? undefined : `'${value}' is no finding type`)),
  FindingProviderFields: (value) =>
    checkMembers(value as Json, ['Severity', 'Types', 'Confidence', 'Criticality', 'RelatedFindings']),
  RecordState: oneOf(['ACTIVE', 'ARCHIVED']),
  ProductFields: entries(50, 128, 2048),
  UserDefinedFields: entries(50, 128, 1024),
  ThreatIntelIndicators: list(0, 5, checkIndicator),
  CompanyName: text(64),
  ProductName: text(128),
  Region: text(64),
  SourceUrl: text(2048),
  Remediation: object,
  Confidence: percentage,
  Criticality: percentage,
  Action: object,
  Network: object,
  NetworkPath: object,
  Process: object,
  Malware: list(0, 5, object),
  Threats: list(0, 32, object),
  RelatedFindings: list(0, 10, object),
  Vulnerabilities: object,
  PatchSummary: object,
  Compliance: object,
  Note: object,
  Workflow: (value) => oneOf(['NEW', 'NOTIFIED', 'SUPPRESSED', 'RESOLVED'])((value as Json).Status),
  VerificationState: oneOf(['UNKNOWN', 'TRUE_POSITIVE', 'FALSE_POSITIVE', 'BENIGN_POSITIVE']),
  Sample: () => undefined,
};
const REQUIRED = [
  ...['SchemaVersion', 'Id', 'ProductArn', 'GeneratorId', 'AwsAccountId', 'CreatedAt', 'UpdatedAt', 'Title'],
  ...['Description', 'Resources'],
];

/** What is wrong with the finding, or undefined. */
export function findFault(finding: Finding): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(finding));
  if (bytes > MOST_BYTES) return `Finding has ${bytes} bytes: over 240 KB`;
  const missing = REQUIRED.find((name) => finding[name] === undefined);
  if (missing !== undefined) return `data should have required property '${missing}'`;
  const provided = (finding.FindingProviderFields ?? {}) as Json;
  for (const name of ['Severity', 'Types']) {
    if (finding[name] === undefined && provided[name] === undefined)
      return `data should have required property '${name}'`;
  }
  return checkMembers(finding, Object.keys(RULES));
}

export function checkMembers(value: Json, known: readonly string[]): string | undefined {
  for (const [name, member] of Object.entries(value)) {
    const rule = known.includes(name) ? RULES[name] : undefined;
    if (rule === undefined) return `data should NOT have additional property '${name}'`;
    const fault = rule(member);
    if (fault !== undefined) return `data.${name} ${fault}`;
  }
  return undefined;
}

function checkResource(value: unknown): string | undefined {
  const { Type, Id, Partition, Region } = value as Json;
  const fault = text(256)(Type) ?? text(512)(Id) ?? (Region === undefined ? undefined : text(16)(Region));
  return fault ?? (Partition === undefined ? undefined : oneOf(['aws', 'aws-cn', 'aws-us-gov'])(Partition));
}

function checkIndicator(value: unknown): string | undefined {
  const { Type, Value, Category, LastObservedAt, Source } = value as Json;
  return (
    oneOf(INDICATOR_TYPES)(Type) ??
    text(512)(Value) ??
    (Category === undefined ? undefined : oneOf(INDICATOR_CATEGORIES)(Category)) ??
    (LastObservedAt === undefined ? undefined : time(LastObservedAt)) ??
    (Source === undefined ? undefined : text(64)(Source))
  );
}

function checkSeverity(value: unknown): string | undefined {
  const { Label, Normalized, Original } = value as Json;
  if (Label === undefined && Normalized === undefined && Original === undefined) return 'needs a label';
  return Label === undefined ? undefined : oneOf(LABELS)(Label);
}

function text(most: number): Rule {
  return (value) =>
    typeof value === 'string' && value.length >= 1 && value.length <= most
      ? undefined
      : `must be a text of 1 to ${most} characters`;
}

function oneOf(values: readonly string[]): Rule {
  return (value) => (values.includes(value as string) ? undefined : `must be one of ${values.join(', ')}`);
}

function list(least: number, most: number, rule: Rule): Rule {
  return (value) => {
    if (!Array.isArray(value) || value.length < least || value.length > most)
      return `must have ${least} to ${most} items`;
    return value.map(rule).find((fault) => fault !== undefined);
  };
}

function entries(most: number, longestName: number, longestText: number): Rule {
  return (value) => {
    const all = Object.entries(value as Json);
    if (all.length > most) return `should NOT have more than ${most} properties`;
    const fits = all.every(
      ([name, entry]) => name.length <= longestName && typeof entry === 'string' && entry.length <= longestText,
    );
    return fits ? undefined : `has a name over ${longestName} or a text over ${longestText} characters`;
  };
}

function time(value: unknown): string | undefined {
  return TIME.test(String(value)) && !Number.isNaN(Date.parse(String(value)))
    ? undefined
    : 'should match format "date-time"';
}

function percentage(value: unknown): string | undefined {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100 ? undefined : 'must be 0 to 100';
}

function object(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'should be object';
}
