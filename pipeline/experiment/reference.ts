import { z } from 'zod';
import { experimentSchema } from './schema.js';

/** One key of an experiment file. */
export interface ExperimentKey {
  /** For example `models[].name`. */
  readonly path: string;
  readonly doc: string;
  /** The default as JSON; null where the key must be written or has none. */
  readonly default: string | null;
}

/** Every key of an experiment file in the order of the schema, for help texts and documentation. */
export function experimentKeys(): readonly ExperimentKey[] {
  return keysOf(experimentSchema, '');
}

/** The keys as a text for `--help`: one line a key. */
export function experimentHelp(): string {
  const lines = experimentKeys().map(({ path, doc, default: value }) => {
    return `  ${path.padEnd(26)} ${doc}${value === null ? '' : ` (default: ${value})`}`;
  });
  return ['Keys of an experiment file (JSON; paths are relative to it):', ...lines].join('\n');
}

function keysOf(schema: z.core.$ZodType, prefix: string): readonly ExperimentKey[] {
  const { inner, suffix } = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return [];
  const start = prefix === '' ? '' : `${prefix}${suffix}.`;
  return Object.entries(inner.shape).flatMap(([key, value]: [string, z.core.$ZodType]) => [
    {
      path: `${start}${key}`,
      doc: z.globalRegistry.get(value)?.description ?? '',
      default: value instanceof z.ZodDefault ? JSON.stringify(value.def.defaultValue) : null,
    },
    ...keysOf(value, `${start}${key}`),
  ]);
}

function unwrap(schema: z.core.$ZodType): { readonly inner: z.core.$ZodType; readonly suffix: string } {
  if (schema instanceof z.ZodPrefault) return unwrap(schema.def.innerType);
  if (schema instanceof z.ZodArray) return { inner: unwrap(schema.def.element).inner, suffix: '[]' };
  return { inner: schema, suffix: '' };
}
