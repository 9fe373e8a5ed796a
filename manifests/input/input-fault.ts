import { InputError } from '../../stages/errors.js';

/** Where a value comes from: the file, and the key under which it stands in it (none for the whole file). */
export interface ValueSource {
  readonly file: string;
  readonly path: readonly PropertyKey[];
}

/** An error about one key of a file: `FILE: models[0].file: TEXT`. */
export function inputFault(source: ValueSource, text: string): InputError {
  const path = keyPath(source.path);
  return new InputError(`${source.file}: ${path === '' ? '' : `${path}: `}${text}`);
}

function keyPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
