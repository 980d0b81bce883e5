/** What SNS refuses to publish. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
import { AwsError } from './aws-error.ts';

const MOST_BYTES = 262_144;
const MOST_SUBJECT = 100;
const MOST_ATTRIBUTES = 10;
/** ASCII text in one line that begins with a letter, a number or a punctuation mark. */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]*$/;
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;
const DATA_TYPES = new Set(['String', 'String.Array', 'Number', 'Binary']);

/** `parameters` as the Query protocol sends them. */
export function checkPublish(parameters: Readonly<Record<string, string>>): void {
  const { Message = '', Subject, MessageStructure } = parameters;
  if (Message === '') throw invalid('Empty message');
  if (Subject !== undefined && (Subject.length > MOST_SUBJECT || !SUBJECT.test(Subject))) throw invalid('Subject');
  if (MessageStructure === 'json') checkStructure(Message);
  const attributes = attributesOf(parameters);
  // More of them never arrive at a queue with raw delivery.
  if (attributes.length > MOST_ATTRIBUTES) throw invalid(`more than ${MOST_ATTRIBUTES} message attributes`);
  for (const attribute of attributes) checkAttribute(attribute);
  const bytes = attributes
    .flatMap(({ name, type, value }) => [name, type, value])
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (Buffer.byteLength(Message) + bytes > MOST_BYTES) throw invalid('Message too long');
}

type Attribute = { readonly name: string; readonly type: string; readonly value: string };

function attributesOf(parameters: Readonly<Record<string, string>>): Attribute[] {
  const entries = Object.keys(parameters).filter((key) => /^MessageAttributes\.entry\.\d+\.Name$/.test(key));
  return entries.map((key) => {
    const value = key.replace(/Name$/, 'Value.');
    const text = parameters[`${value}StringValue`] ?? parameters[`${value}BinaryValue`] ?? '';
    return { name: parameters[key]!, type: parameters[`${value}DataType`] ?? '', value: text };
  });
}

function checkAttribute({ name, type, value }: Attribute): void {
  if (!ATTRIBUTE_NAME.test(name)) throw invalid(`message attribute name '${name}'`, 'ParameterValueInvalid');
  if (!DATA_TYPES.has(type)) throw invalid(`message attribute '${name}' has an invalid type`, 'ParameterValueInvalid');
  if (value === '') {
    throw invalid(
      `The message attribute '${name}' must contain non-empty message attribute value`,
      'ParameterValueInvalid',
    );
  }
  if (type === 'Number' && !/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value))
    throw invalid(`'${name}' is no number`, 'ParameterValueInvalid');
  if (type === 'String.Array' && !isArray(value)) throw invalid(`'${name}' is no array`, 'ParameterValueInvalid');
}

function checkStructure(message: string): void {
  try {
    if (typeof JSON.parse(message).default === 'string') return;
  } catch {
    // Said below.
  }
  throw invalid('Message Structure - No default entry in JSON message body');
}

function isArray(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

function invalid(reason: string, code = 'InvalidParameter'): AwsError {
  return new AwsError(code, `Invalid parameter: ${reason}`);
}
