import { z } from 'zod';
import { InputError } from '../../stages/errors.js';
import { didYouMean } from './suggestion.js';

/** An object that refuses keys it does not know, naming the nearest one it does. */
export function strictObject<const Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return `expected an object with the keys ${known.join(', ')}`;
      const [key = ''] = issue.keys;
      const suggestion = didYouMean(key, known) || `; the keys here are ${known.join(', ')}`;
      return `unknown key ${show(key)}${suggestion}`;
    },
  });
}

/** An integer from `least` to `most`, both allowed. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER) {
  const error = ({ input }: { readonly input?: unknown }): string => {
    const isOpen = most === Number.MAX_SAFE_INTEGER && !(typeof input === 'number' && input > most);
    return isOpen
      ? `expected an integer of at least ${least}`
      : `expected an integer from ${least} to ${most}`;
  };
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

/** A list with at least one item. */
export function nonEmpty<Item extends z.ZodType>(item: Item, of: string) {
  const error = `expected a list of ${of} with at least one item`;
  return z.array(item, { error }).min(1, { error });
}

/**
 * A value whose schema depends on what kind of value it is; its errors are those of the schema chosen.
 * @typeParam Input what one of the schemas takes
 */
export function oneOf<Output, Input>(choose: (value: unknown) => z.ZodType<Output>) {
  return z.custom<Input>().transform((value, context): Output => {
    const result = choose(value).safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      // Reported as ready-made messages, since the kinds of zod's own issues can't be raised from outside.
      const code = issue.code === 'unrecognized_keys' ? { params: { unknownKey: true } } : {};
      context.addIssue({ code: 'custom', path: [...issue.path], message: issue.message, ...code });
    }
    return z.NEVER;
  });
}

/** Where a value comes from: the file, and the key under which it stands in it (none for the whole file). */
export interface ValueSource {
  readonly file: string;
  readonly path: readonly PropertyKey[];
}

/**
 * Checks a value against a schema.
 * @throws InputError with one line that names the file, the key's path, the value and what was expected
 */
export function validate<Output>(schema: z.ZodType<Output>, value: unknown, source: ValueSource): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues;
  // A misspelt key usually makes another one missing: the misspelling is what should be read first.
  const first = issues.find(isUnknownKey) ?? issues[0];
  if (first === undefined) throw new Error('a failed validation has no issue');
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const found = at(value, first.path);
  const text = isUnknownKey(first)
    ? first.message
    : found === undefined
      ? `missing; ${first.message}`
      : `found ${show(found)}; ${first.message}`;
  throw inputFault({ file: source.file, path: [...source.path, ...first.path] }, `${text}${more}`);
}

/** An error about one key of a file: `FILE: models[0].file: TEXT`. */
export function inputFault(source: ValueSource, text: string): InputError {
  const path = keyPath(source.path);
  return new InputError(`${source.file}: ${path === '' ? '' : `${path}: `}${text}`);
}

/** A value as JSON, shortened to fit in a line; what JSON can't hold by its kind. */
export function show(value: unknown): string {
  // A text of megabytes need not be written out to be shortened.
  if (typeof value === 'string' && value.length > 100) return show(value.slice(0, 100));
  const text = written(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** What code can give to a function is more than a file can hold: none of it may make an error of its own. */
function written(value: unknown): string {
  switch (typeof value) {
    case 'function':
      return 'a function';
    case 'bigint':
      return `${value}n`;
    case 'number':
    case 'symbol':
    case 'undefined':
      return String(value);
  }
  try {
    const text = JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'bigint' ? `${inner}n` : inner,
    );
    // An instance of a class that keeps what it holds to itself, as Set and AbortController do.
    const isOpaque = text === undefined || (text === '{}' && kindOf(value) !== '[object Object]');
    return isOpaque ? kindOf(value) : text;
  } catch {
    // It refers to itself, or can't be read.
    return kindOf(value);
  }
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}

function keyPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function isUnknownKey(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'unrecognized_keys' || (issue.code === 'custom' && issue.params?.unknownKey === true);
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}
