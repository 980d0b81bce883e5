/**
 * What the SDK would make of a document: it leaves out members that its model does not know, without a word, and so a misspelt
 * one. The model is the SDK's own, as it serializes requests with it. For tests only.
 */

// biome-ignore lint/suspicious/noExplicitAny: nested tuples and functions that give them
type Shape = any;

const [LIST, MAP, STRUCTURE] = [1, 2, 3];
const [LIST_OF, MAP_OF] = [64, 128];
const PRIMITIVES: Readonly<Record<number, string>> = { 0: 'string', 1: 'number', 2: 'boolean' };

/** Paths of members that are missing, unknown, or of another type. */
export function findMisfits(value: unknown, shape: Shape, path = ''): string[] {
  const model = typeof shape === 'function' ? shape() : shape;
  if (typeof model === 'number') return findPrimitiveMisfits(value, model, path);
  const [kind, , , , names, members, required = 0] = model;
  if (kind === LIST) return findListMisfits(value, model[4], path);
  if (kind === MAP) return findMapMisfits(value, model[5], path);
  if (kind !== STRUCTURE) throw new Error(`${path}: a model of kind ${kind}`);
  if (!isObject(value)) return [`${path} is no object`];
  const missing = (names as string[]).slice(0, required).filter((name) => value[name] === undefined);
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const at = (names as string[]).indexOf(name);
      return at < 0 ? [`${path}.${name} is unknown`] : findMisfits(member, members[at], `${path}.${name}`);
    }),
  ];
}

function findPrimitiveMisfits(value: unknown, model: number, path: string): string[] {
  if (model >= MAP_OF) return findMapMisfits(value, model - MAP_OF, path);
  if (model >= LIST_OF) return findListMisfits(value, model - LIST_OF, path);
  const type = PRIMITIVES[model];
  if (type === undefined) throw new Error(`${path}: a model of type ${model}`);
  return typeof value === type ? [] : [`${path} is no ${type}`];
}

function findListMisfits(value: unknown, item: Shape, path: string): string[] {
  if (!Array.isArray(value)) return [`${path} is no list`];
  return value.flatMap((one, i) => findMisfits(one, item, `${path}[${i}]`));
}

function findMapMisfits(value: unknown, item: Shape, path: string): string[] {
  if (!isObject(value)) return [`${path} is no map`];
  return Object.entries(value).flatMap(([name, one]) => findMisfits(one, item, `${path}.${name}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
