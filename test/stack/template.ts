/**
 * The packaged template as CloudFormation would see it in one account and region: conditions decided, references turned
 * into names and ARNs. What it does not know it refuses, so that a test never reads half of a resource.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export type StackParameters = {
  readonly account?: string;
  readonly region?: string;
  readonly partition?: string;
  /** Logical id → name, instead of one made of stack and logical id: a bucket of an emulator, say. */
  readonly names?: Readonly<Record<string, string>>;
  /** Values of the template's own parameters; the packaged one has none. */
  readonly values?: Readonly<Record<string, Json>>;
};

export type Resource = {
  readonly type: string;
  readonly properties: JsonObject;
  readonly deletionPolicy?: string;
  readonly metadata?: JsonObject;
};

export type StackFunction = {
  /** As AWS names it; its key among the functions is the name of its file. */
  readonly name: string;
  readonly logicalId: string;
  readonly arn: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleLogicalId: string;
  readonly memory: number;
  readonly timeout: number;
};

export type Statement = {
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: JsonObject;
};

export type Role = { readonly logicalId: string; readonly arn: string; readonly statements: readonly Statement[] };

export type Stack = {
  readonly functions: Readonly<Record<string, StackFunction>>;
  readonly roles: Readonly<Record<string, Role>>;
  readonly stateMachine: { readonly arn: string; readonly definition: JsonObject; readonly roleLogicalId: string };
  readonly outputs: Readonly<Record<string, string>>;
  /** Those whose condition holds. */
  readonly resources: Readonly<Record<string, Resource>>;
};

type RawResource = {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly Metadata?: JsonObject;
};

export type Template = {
  readonly Resources: Readonly<Record<string, RawResource>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Json; readonly Condition?: string }>>;
};

const NO_VALUE = Symbol('AWS::NoValue');

/** Reads a packaged template for account 111122223333 in us-east-1, unless told otherwise. */
export function readStack(templatePath: string, parameters: StackParameters = {}): Stack {
  const template = JSON.parse(readFileSync(templatePath, 'utf8')) as Template;
  const resolver = new Resolver(template, parameters);
  const { resources, outputs } = resolveTemplate(template, resolver);
  return {
    functions: toFunctions(template, resources, resolver),
    roles: toRoles(resources, resolver),
    stateMachine: toStateMachine(template, resources, resolver),
    outputs,
    resources,
  };
}

/** Resources and outputs of any template. */
export function resolveTemplate(
  template: Template,
  resolver: Resolver | StackParameters,
): Pick<Stack, 'resources' | 'outputs'> {
  const known = resolver instanceof Resolver ? resolver : new Resolver(template, resolver);
  const resources: Record<string, Resource> = {};
  for (const [logicalId, raw] of Object.entries(template.Resources)) {
    if (raw.Condition === undefined || known.holds(raw.Condition)) resources[logicalId] = known.resource(raw);
  }
  const outputs: Record<string, string> = {};
  for (const [name, { Value, Condition }] of Object.entries(template.Outputs ?? {})) {
    if (Condition === undefined || known.holds(Condition)) outputs[name] = String(known.value(Value));
  }
  return { resources, outputs };
}

function ofType(resources: Readonly<Record<string, Resource>>, type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, resource]) => resource.type === type);
}

function toFunctions(template: Template, resources: Stack['resources'], resolver: Resolver): Stack['functions'] {
  return Object.fromEntries(
    ofType(resources, 'AWS::Lambda::Function').map(([logicalId, { properties }]) => {
      const handler = String(properties.Handler);
      const variables = (properties.Environment as JsonObject | undefined)?.Variables as JsonObject | undefined;
      const environment = Object.entries(variables ?? {}).map(([key, value]) => [key, String(value)]);
      return [
        basename(dirname(handler)),
        {
          name: String(properties.FunctionName),
          logicalId,
          arn: resolver.attribute(logicalId, 'Arn'),
          handler,
          environment: Object.fromEntries(environment),
          roleLogicalId: readGetAtt(template.Resources[logicalId]?.Properties?.Role),
          memory: Number(properties.MemorySize),
          timeout: Number(properties.Timeout),
        },
      ];
    }),
  );
}

function toRoles(resources: Stack['resources'], resolver: Resolver): Stack['roles'] {
  return Object.fromEntries(
    ofType(resources, 'AWS::IAM::Role').map(([logicalId, { properties }]) => {
      const policies = (properties.Policies ?? []) as readonly { readonly PolicyDocument: JsonObject }[];
      const statements = policies.flatMap(({ PolicyDocument }) => readStatements(PolicyDocument));
      return [logicalId, { logicalId, arn: resolver.attribute(logicalId, 'Arn'), statements }];
    }),
  );
}

/** Statements of a policy document, each with lists where one item may stand alone. */
export function readStatements(document: JsonObject): Statement[] {
  return (document.Statement as readonly JsonObject[]).map((statement) => ({
    sid: String(statement.Sid ?? ''),
    effect: statement.Effect as 'Allow' | 'Deny',
    actions: toList(statement.Action),
    resources: toList(statement.Resource),
    ...(statement.Condition === undefined ? {} : { condition: statement.Condition as JsonObject }),
  }));
}

function toList(value: Json | undefined): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

function toStateMachine(template: Template, resources: Stack['resources'], resolver: Resolver): Stack['stateMachine'] {
  const [found] = ofType(resources, 'AWS::StepFunctions::StateMachine');
  if (found === undefined) throw new Error('the template has no state machine');
  const [logicalId, { properties }] = found;
  const raw = template.Resources[logicalId]?.Properties;
  const substitutions = properties.DefinitionSubstitutions as Readonly<Record<string, string>>;
  const fill = (text: string) => text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => substitutions[name] ?? whole);
  return {
    arn: resolver.reference(logicalId),
    // Not the resolved one: what ASL writes `${…}` is no reference of CloudFormation's.
    definition: JSON.parse(fill(JSON.stringify(raw?.Definition))) as JsonObject,
    roleLogicalId: readGetAtt(raw?.RoleArn),
  };
}

function readGetAtt(value: Json | undefined): string {
  const [logicalId] = (value as { readonly 'Fn::GetAtt': readonly string[] })['Fn::GetAtt'];
  return logicalId!;
}

type Resolved = Json | typeof NO_VALUE;

class Resolver {
  readonly #template: Template;
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Readonly<Record<string, Json>>;
  readonly #pseudo: Readonly<Record<string, string>>;

  constructor(template: Template, parameters: StackParameters) {
    const { account = '111122223333', region = 'us-east-1', partition = 'aws', names = {}, values = {} } = parameters;
    const stackName = readStackName(template);
    this.#template = template;
    this.#names = names;
    this.#values = values;
    this.#pseudo = {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': partition,
      'AWS::StackName': stackName,
      'AWS::StackId': `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/00000000-0000-0000-0000-000000000000`,
      'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
    };
  }

  resource(raw: RawResource): Resource {
    return {
      type: raw.Type,
      properties: this.value((raw.Properties ?? {}) as Json) as JsonObject,
      ...(raw.DeletionPolicy === undefined ? {} : { deletionPolicy: raw.DeletionPolicy }),
      ...(raw.Metadata === undefined ? {} : { metadata: raw.Metadata }),
    };
  }

  value(value: Json): Json {
    const resolved = this.#resolve(value);
    if (resolved === NO_VALUE) throw new Error('AWS::NoValue where a value is needed');
    return resolved;
  }

  holds(condition: string): boolean {
    const rule = this.#template.Conditions?.[condition];
    if (rule === undefined) throw new Error(`no condition ${condition}`);
    return this.#decide(rule);
  }

  #decide(rule: Json): boolean {
    const [[key, operand] = ['', null]] = Object.entries(rule as JsonObject);
    const operands = operand as readonly Json[];
    if (key === 'Condition') return this.holds(String(operand));
    if (key === 'Fn::Equals') return String(this.value(operands[0]!)) === String(this.value(operands[1]!));
    if (key === 'Fn::Not') return !this.#decide(operands[0]!);
    if (key === 'Fn::And') return operands.every((each) => this.#decide(each));
    if (key === 'Fn::Or') return operands.some((each) => this.#decide(each));
    throw new Error(`unknown condition ${key}`);
  }

  #resolve(value: Json): Resolved {
    if (Array.isArray(value)) return value.map((item) => this.#resolve(item)).filter((item) => item !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value as JsonObject);
    const [first] = entries;
    if (entries.length === 1 && (first![0] === 'Ref' || first![0].startsWith('Fn::'))) return this.#call(...first!);
    const resolved = entries.map(([key, item]) => [key, this.#resolve(item)] as const);
    return Object.fromEntries(resolved.filter(([, item]) => item !== NO_VALUE)) as JsonObject;
  }

  #call(name: string, operand: Json): Resolved {
    const operands = operand as readonly Json[];
    if (operand === 'AWS::NoValue') return NO_VALUE;
    if (name === 'Ref') return this.#values[String(operand)] ?? this.reference(String(operand));
    if (name === 'Fn::GetAtt') return this.attribute(String(operands[0]), String(operands[1]));
    if (name === 'Fn::Sub') return this.#substitute(operand);
    if (name === 'Fn::If') return this.#resolve(operands[this.holds(String(operands[0])) ? 1 : 2]!);
    if (name === 'Fn::Join') return (this.value(operands[1]!) as readonly Json[]).join(String(operands[0]));
    if (name === 'Fn::Split') return String(this.value(operands[1]!)).split(String(operands[0]));
    if (name === 'Fn::Select') return (this.value(operands[1]!) as readonly Json[])[Number(operands[0])]!;
    throw new Error(`unknown function ${name}`);
  }

  #substitute(operand: Json): string {
    const [text, values] = (typeof operand === 'string' ? [operand, {}] : operand) as [string, JsonObject];
    return text.replaceAll(/\$\{(!?)([\w:.]+)\}/g, (_whole, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      if (values[name] !== undefined) return String(this.value(values[name]));
      const [logicalId, attribute] = name.split('.') as [string, string?];
      if (attribute !== undefined) return this.attribute(logicalId, attribute);
      return this.#values[logicalId] === undefined ? this.reference(logicalId) : String(this.#values[logicalId]);
    });
  }

  reference(logicalId: string): string {
    const pseudo = this.#pseudo[logicalId];
    if (pseudo !== undefined) return pseudo;
    const { Type: type } = this.#raw(logicalId);
    const name = this.#name(logicalId);
    if (type === 'AWS::SQS::Queue') {
      return `https://sqs.${this.#pseudo['AWS::Region']}.${this.#pseudo['AWS::URLSuffix']}/${this.#pseudo['AWS::AccountId']}/${name}`;
    }
    return REFERS_TO_ARN.has(type) ? this.attribute(logicalId, 'Arn') : name;
  }

  attribute(logicalId: string, attribute: string): string {
    const { Type: type } = this.#raw(logicalId);
    const name = this.#name(logicalId);
    if (NAME_ATTRIBUTES.has(attribute)) return name;
    const toResource = ARNS[type];
    if (attribute !== 'Arn' || toResource === undefined) throw new Error(`unknown attribute ${logicalId}.${attribute}`);
    const [service, resource, isGlobal = false] = toResource(name);
    const { 'AWS::Partition': partition, 'AWS::Region': region, 'AWS::AccountId': account } = this.#pseudo;
    if (service === 's3') return `arn:${partition}:s3:::${resource}`;
    return `arn:${partition}:${service}:${isGlobal ? '' : region}:${account}:${resource}`;
  }

  #raw(logicalId: string): RawResource {
    const raw = this.#template.Resources[logicalId];
    if (raw === undefined) throw new Error(`no resource ${logicalId}`);
    return raw;
  }

  #name(logicalId: string): string {
    const given = this.#names[logicalId];
    if (given !== undefined) return given;
    const { Type: type, Properties: properties = {} } = this.#raw(logicalId);
    const property = NAMES[type];
    const named = property === undefined ? undefined : readPath(properties, property);
    if (named !== undefined) return String(this.value(named));
    const name = `${this.#pseudo['AWS::StackName']}-${logicalId}`;
    // CloudFormation adds twelve of its own choice.
    return type === 'AWS::S3::Bucket' ? `${name.toLowerCase()}-0a1b2c3d4e5f` : name;
  }
}

/** osls names the stack `service-stage`, and every function after it. */
function readStackName(template: Template): string {
  const [name] = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine')
    .map(({ Properties }) => String(Properties?.StateMachineName));
  return name ?? 'stack';
}

function readPath(properties: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = properties;
  for (const key of path.split('.')) value = (value as JsonObject | undefined)?.[key];
  return value;
}

const NAME_ATTRIBUTES = new Set(['QueueName', 'TopicName', 'Name', 'FunctionName']);
const REFERS_TO_ARN = new Set(['AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine']);

/** Where a resource's own name stands. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::Athena::NamedQuery': 'Name',
  'AWS::Athena::WorkGroup': 'Name',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::Glue::Database': 'DatabaseInput.Name',
  'AWS::Glue::Table': 'TableInput.Name',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::BucketPolicy': 'Bucket',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

/** Name → service and resource of the ARN. */
const ARNS: Readonly<Record<string, (name: string) => readonly [string, string, boolean?]>> = {
  'AWS::CloudWatch::Alarm': (name) => ['cloudwatch', `alarm:${name}`],
  'AWS::Events::EventBus': (name) => ['events', `event-bus/${name}`],
  'AWS::Events::Rule': (name) => ['events', `rule/${name}`],
  'AWS::IAM::Role': (name) => ['iam', `role/${name}`, true],
  'AWS::KMS::Key': (name) => ['kms', `key/${name}`],
  'AWS::Lambda::Function': (name) => ['lambda', `function:${name}`],
  'AWS::Logs::LogGroup': (name) => ['logs', `log-group:${name}:*`],
  'AWS::S3::Bucket': (name) => ['s3', name],
  'AWS::SNS::Topic': (name) => ['sns', name],
  'AWS::SQS::Queue': (name) => ['sqs', name],
  'AWS::StepFunctions::StateMachine': (name) => ['states', `stateMachine:${name}`],
};
