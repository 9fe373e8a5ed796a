import { readFile } from 'node:fs/promises';
import { InputError } from '../errors.js';

/**
 * The text of a file that a user wrote, without a byte order mark.
 * @param what names the kind of file in errors, for example `experiment`
 * @throws InputError when the file is missing, is a folder, may not be read or is not UTF-8
 */
export async function readText(file: string, what: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new InputError(`${file}: ${unreadable(error, what)}`, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(`${file}: the ${what} is not UTF-8 text; save it as UTF-8`, { cause: error });
  }
}

function unreadable(error: unknown, what: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `no such ${what} file; check the path`;
    case 'EISDIR':
      return `is a folder; expected the path of a ${what} file`;
    default:
      return `the ${what} file can't be read (${code}); check its permissions`;
  }
}
