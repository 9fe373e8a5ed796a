import type { ParquetTable } from './table.js';

/** Where Hugging Face's libraries write, as JSON, what the columns of a table mean. */
const note = 'huggingface';

/**
 * The names of the classes of a column of class indices, as Hugging Face's `ClassLabel` has them.
 * @returns null where the table does not say
 */
export function classNames({ notes }: ParquetTable, column: string): readonly string[] | null {
  const names = within(within(within(parsed(notes.get(note)), 'info'), 'features'), column);
  const list = within(names, '_type') === 'ClassLabel' ? within(names, 'names') : null;
  return Array.isArray(list) && list.every((name) => typeof name === 'string') ? list : null;
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function within(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : null;
}
