/**
 * What of a state machine the local interpreter would pass over in silence (aws-local-stepfunctions 3.0.0, by its source):
 * a definition may use only what both it and Step Functions do alike. For tests only.
 */

type Json = { readonly [key: string]: unknown };

const STATE = ['Type', 'Comment', 'InputPath', 'OutputPath'];
const FLOW = ['Next', 'End'];
const WORK = ['ResultSelector', 'ResultPath', 'Retry', 'Catch', ...FLOW];

const STATE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: [...STATE, 'Resource', 'Parameters', 'TimeoutSeconds', 'TimeoutSecondsPath', ...WORK],
  Map: [...STATE, 'ItemsPath', 'ItemSelector', 'ItemProcessor', 'MaxConcurrency', 'MaxConcurrencyPath', ...WORK],
  Pass: [...STATE, 'Result', 'Parameters', 'ResultPath', ...FLOW],
  Choice: [...STATE, 'Choices', 'Default'],
  Succeed: STATE,
  Fail: ['Type', 'Comment', 'Error', 'Cause', 'ErrorPath', 'CausePath'],
};
const MACHINE_FIELDS = ['Comment', 'StartAt', 'States', 'TimeoutSeconds'];
const PROCESSOR_FIELDS = ['Comment', 'StartAt', 'States', 'ProcessorConfig'];
const RETRIER_FIELDS = [
  ...['Comment', 'ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy'],
];
const CATCHER_FIELDS = ['Comment', 'ErrorEquals', 'ResultPath', 'Next'];
const COMPARISON =
  /^(Variable|Next|Comment|And|Or|Not|Is(Null|Present|Numeric|String|Boolean|Timestamp)|StringMatches)$/;
const ORDER = /^(String|Numeric|Timestamp)(Equals|(LessThan|GreaterThan)(Equals)?)(Path)?$|^BooleanEquals(Path)?$/;

/** Each use of something that is not honoured, as `Where: what`. */
export function findUnhonoured(definition: Json): string[] {
  return [...unknownFields('machine', definition, MACHINE_FIELDS), ...judgeStates(definition.States as Json)];
}

function judgeStates(states: Json): string[] {
  return Object.entries(states as Record<string, Json>).flatMap(([name, state]) => {
    const fields = STATE_FIELDS[String(state.Type)];
    if (fields === undefined) return [`${name}: Type ${state.Type}`];
    return [...unknownFields(name, state, fields), ...judgeParts(name, state), ...judgeContextPaths(name, state)];
  });
}

function judgeParts(name: string, state: Json): string[] {
  const list = (field: string) => (state[field] ?? []) as Json[];
  const problems = [
    ...list('Retry').flatMap((retrier) => unknownFields(`${name}.Retry`, retrier, RETRIER_FIELDS)),
    ...list('Catch').flatMap((catcher) => unknownFields(`${name}.Catch`, catcher, CATCHER_FIELDS)),
    ...list('Choices').flatMap((rule) => judgeRule(`${name}.Choices`, rule)),
  ];
  // A Result of false, 0 or '' is taken for none, and the state's input goes on in its place.
  if ('Result' in state && !state.Result) problems.push(`${name}: Result ${JSON.stringify(state.Result)}`);
  if (state.ItemProcessor === undefined) return problems;
  const processor = state.ItemProcessor as Json;
  const { Mode = 'INLINE', ...more } = (processor.ProcessorConfig ?? {}) as Json;
  if (Mode !== 'INLINE') problems.push(`${name}: Mode ${Mode}`);
  problems.push(...unknownFields(`${name}.ProcessorConfig`, more, []));
  problems.push(...unknownFields(`${name}.ItemProcessor`, processor, PROCESSOR_FIELDS));
  return [...problems, ...judgeStates(processor.States as Json)];
}

function judgeRule(name: string, rule: Json): string[] {
  const unknown = Object.keys(rule).filter((field) => !COMPARISON.test(field) && !ORDER.test(field));
  const nested = [rule.And, rule.Or, rule.Not].flat().filter((inner) => inner !== undefined) as Json[];
  return [...unknown.map((field) => `${name}: ${field}`), ...nested.flatMap((inner) => judgeRule(name, inner))];
}

/** Of the context object there is the execution's name everywhere, and an item where it is selected; nothing else. */
function judgeContextPaths(name: string, state: Json): string[] {
  const { ItemProcessor: _judgedByItself, ItemSelector: selector, ...rest } = state;
  const paths = (part: unknown) => JSON.stringify(part ?? null).match(/\$\$[\w.]*/g) ?? [];
  const isName = (path: string) => path === '$$.Execution.Name';
  const isItem = (path: string) => /^\$\$\.Map\.Item\.(Index|Value)(\.|$)/.test(path);
  return [
    ...paths(rest).filter((path) => !isName(path)),
    ...paths(selector).filter((path) => !isName(path) && !isItem(path)),
  ].map((path) => `${name}: ${path}`);
}

function unknownFields(name: string, part: Json, known: readonly string[]): string[] {
  return Object.keys(part)
    .filter((field) => !known.includes(field))
    .map((field) => `${name}: ${field}`);
}
