import { z } from 'zod';
import { inputFault, type ValueSource } from './input-fault.js';
import { show } from './show.js';
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
