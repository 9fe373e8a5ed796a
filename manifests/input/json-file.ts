import { InputError } from '../../stages/errors.js';
import { findJsonTrap, findSyntaxFault, type SyntaxFault } from './json-syntax.js';
import { readText } from './text-file.js';

/**
 * The value of a JSON file that a user wrote.
 * @param what names the kind of file in errors, for example `experiment`
 * @throws InputError when the file can't be read, is not JSON, or holds what would be changed silently: keys that stand
 * twice, numbers that can't be held (with line and column)
 */
export async function readJson(file: string, what: string): Promise<unknown> {
  const text = await readText(file, what);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const fault = findSyntaxFault(text);
    const why = fault === null ? String(error) : fault.message;
    throw new InputError(`${file}${place(fault)}: the ${what} is not valid JSON: ${why}`, { cause: error });
  }
  const trap = findJsonTrap(text);
  if (trap === null) return value;
  throw new InputError(`${file}${place(trap)}: the ${what} can't be used: ${trap.message}`);
}

function place(fault: SyntaxFault | null): string {
  return fault === null ? '' : `:${fault.line}:${fault.column}`;
}
