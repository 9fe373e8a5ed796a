import { parse, TomlError } from 'smol-toml';
import { InputError } from '../../stages/errors.js';
import { readText } from './text-file.js';

/**
 * The value of a TOML file that a user wrote.
 * @param what names the kind of file in errors, for example `experiment`
 * @throws InputError when the file can't be read, or is not TOML, with line and column
 */
export async function readToml(file: string, what: string): Promise<unknown> {
  const text = await readText(file, what);
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Behind the first line it shows the place.
    const [why = ''] = error.message.split('\n');
    throw new InputError(
      `${file}:${error.line}:${error.column}: the ${what} is not valid TOML: ${why.replace(/^Invalid TOML document: /, '')}`,
      { cause: error },
    );
  }
}
