import { InputError } from '../errors.js';
import { findSyntaxFault } from './json-syntax.js';
import { readText } from './text-file.js';

/**
 * The value of a JSON file that a user wrote.
 * @param what names the kind of file in errors, for example `experiment`
 * @throws InputError when the file can't be read, or is not JSON (with line and column)
 */
export async function readJson(file: string, what: string): Promise<unknown> {
  const text = await readText(file, what);
  try {
    return JSON.parse(text);
  } catch (error) {
    const fault = findSyntaxFault(text);
    const where = fault === null ? '' : `:${fault.line}:${fault.column}`;
    const why = fault === null ? String(error) : fault.message;
    throw new InputError(`${file}${where}: the ${what} is not valid JSON: ${why}`, { cause: error });
  }
}
