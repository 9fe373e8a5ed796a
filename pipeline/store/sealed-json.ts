import { isErrno } from '../../manifests/output/file-system.js';
import { readListed } from '../../manifests/output/shared-files.js';
import { canonicalJson, hashJson, type Json } from '../../workers/store/canonical-json.js';

/** A JSON object as text that carries its own sha256, taken over everything else in it. */
export function sealedJson(
  value: { readonly [key: string]: Json | undefined },
  indent = 0,
): { readonly text: string; readonly sha256: string } {
  const sha256 = hashJson(value);
  return { text: `${JSON.stringify({ ...value, sha256 }, null, indent)}\n`, sha256 };
}

/** What `sealedJson` wrote. */
export interface Sealed {
  readonly value: { readonly [key: string]: Json | undefined };
  readonly sha256: string;
}

/**
 * Reads a file that `sealedJson` wrote, whose name was listed.
 * @returns null when it is anything else: altered, truncated, or written by hand
 */
export async function readSealedJson(file: string): Promise<Sealed | null> {
  const text = await readListed(file).catch((error: unknown) => {
    // A folder in place of the file.
    if (isErrno(error, 'EISDIR')) return '';
    throw error;
  });
  try {
    const { sha256, ...value } = JSON.parse(text.toString());
    return sha256 === hashJson(value) ? { value, sha256 } : null;
  } catch {
    return null;
  }
}

/** A value as it comes back from a JSON file. */
export function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}

/** Whether two values are the same in JSON. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonicalJson(asJson(a)) === canonicalJson(asJson(b));
}

/** Whether a value is another one with nothing but keys added to its objects, at any depth. */
export function addsOnlyKeys(before: Json | undefined, now: Json | undefined): boolean {
  if (!isCompound(before) || !isCompound(now)) return before === now;
  const entries = Object.entries(before);
  if (Array.isArray(before) !== Array.isArray(now)) return false;
  if (Array.isArray(now) && now.length !== entries.length) return false;
  const found = new Map<string, Json | undefined>(Object.entries(now));
  return entries.every(([key, value]) => found.has(key) && addsOnlyKeys(value, found.get(key)));
}

function isCompound(value: Json | undefined): value is Exclude<Json, null | boolean | number | string> {
  return typeof value === 'object' && value !== null;
}
