/** OCSF's own schema, see test/data/ocsf/README.md. For tests only. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { toJson } from '../../src/core/exact-json.ts';

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });

function compile(name: string): ValidateFunction {
  return ajv.compile(JSON.parse(readFileSync(new URL(`../data/ocsf/${name}.schema.json`, import.meta.url), 'utf8')));
}

const CHECKS: Readonly<Record<number, ValidateFunction>> = {
  2004: compile('detection_finding'),
  4001: compile('network_activity'),
};

/** What the schema has against an event, as its reader gets it. */
export function problemsOf(event: { readonly class_uid: number }): string[] {
  const text = toJson(event);
  const check = CHECKS[event.class_uid]!;
  const half = text.isWellFormed() && !/\\ud[89a-f]/i.test(text) ? [] : ['half a character'];
  if (check(JSON.parse(text))) return half;
  return [...half, ...check.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`)];
}
