import { readFile } from 'node:fs/promises';
import { $ } from 'zx';

/** What a provider of ONNX Runtime takes from other libraries. */
export interface Imported {
  /** Functions by the library that it is linked with for them. */
  readonly linked: ReadonlyMap<string, readonly string[]>;
  /** Names of cuDNN's functions that it looks up itself when it opens cuDNN. */
  readonly looksUp: readonly string[];
}

/** @param provider `libonnxruntime_providers_cuda.so` */
export async function importedBy(provider: string): Promise<Imported> {
  const { stdout } = await $`nm -D --undefined-only --with-symbol-versions ${provider}`.quiet();
  return importedNames(stdout, await readFile(provider, 'latin1'));
}

/**
 * @param symbols as `nm` prints a library's undefined ones, each with the library that it is of
 * @param bytes the library itself, a character each
 */
export function importedNames(symbols: string, bytes: string): Imported {
  const linked = new Map<string, string[]>();
  for (const [, name = '', library = ''] of symbols.matchAll(/\bU (\w+)@+(lib\S+)$/gm))
    linked.set(library, [...(linked.get(library) ?? []), name]);
  const looksUp = new Set([...bytes.matchAll(/\0(cudnn[A-Z]\w+)(?=\0)/g)].map(([, name = '']) => name));
  return { linked, looksUp: [...looksUp].sort() };
}

/** A library's source: what is written by hand, and for every other function one that succeeds and does nothing. */
export function standInSource(written: string, names: readonly string[]): string {
  const others = names.filter((name) => !new RegExp(`\\b${name}\\(`).test(written));
  const create = /^cudnnCreate/;
  return [
    written,
    '#include <stdlib.h>',
    ...others.map((name) =>
      create.test(name)
        ? `int ${name}(void **place) { return (*place = calloc(1, 64)) ? 0 : 1; }`
        : `int ${name}() { return 0; }`,
    ),
    '',
  ].join('\n');
}
