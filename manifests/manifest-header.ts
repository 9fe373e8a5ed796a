import { InputError } from '../stages/errors.js';
import { show } from './input/show.js';

/** What a manifest says of itself, on its first line. */
export interface ManifestHeader {
  /** What it is a list of, for people. */
  readonly dataset: string | null;
  /** The preset of preprocessing that its images are stored for. */
  readonly preprocess: string | null;
  /** Of its rows, in hexadecimal digits: `Manifest.sha256`. */
  readonly sha256: string;
}

/** What its writer knows of a manifest. */
export interface AboutManifest {
  readonly dataset?: string | undefined;
  readonly preprocess?: string | undefined;
}

/** No manifest without a header begins so: `# grodin manifest` is no column. */
const mark = '# grodin manifest ';

/** The first line of a manifest, without its end. One line, so that other programs skip one. */
export function formatHeader({ dataset, preprocess }: AboutManifest, sha256: string): string {
  return `${mark}${JSON.stringify({ dataset, preprocess, sha256 })}`;
}

/**
 * Takes the header off the text of a manifest.
 * @returns the header, or null where there is none; and the rest, which begins with the end of the header's line, so that lines
 * keep their numbers
 * @throws InputError where the line is none
 */
export function splitHeader(
  file: string,
  text: string,
): { readonly header: ManifestHeader | null; readonly rest: string } {
  if (!text.startsWith(mark)) return { header: null, rest: text };
  const end = text.search(/[\r\n]/);
  const line = end < 0 ? text : text.slice(0, end);
  return { header: readHeader(file, line.slice(mark.length)), rest: text.slice(line.length) };
}

/** Where the line ends that `splitHeader` takes off, in bytes; 0 where there is none. */
export function headerLength(bytes: Uint8Array): number {
  if (!Buffer.from(mark).equals(bytes.subarray(0, mark.length))) return 0;
  const end = bytes.findIndex((byte) => byte === lineFeed || byte === carriageReturn);
  return end < 0 ? bytes.length : end;
}

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

function readHeader(file: string, json: string): ManifestHeader {
  const damaged = new InputError(
    `${file}:1: ${show(json)} is no header of a manifest; build the manifest again, or remove the line to take the rows as they are`,
  );
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw damaged;
  }
  if (typeof value !== 'object' || value === null) throw damaged;
  const { dataset = null, preprocess = null, sha256 }: Record<string, unknown> = { ...value };
  const isText = (text: unknown): text is string | null => text === null || typeof text === 'string';
  if (!isText(dataset) || !isText(preprocess)) throw damaged;
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw damaged;
  return { dataset, preprocess, sha256 };
}

/**
 * Holds rows to the header that stands above them.
 * @param sha256 of the rows that are there
 * @throws InputError where these are other rows
 */
export function requireRowsOf(file: string, header: ManifestHeader | null, sha256: string): void {
  if (header === null || header.sha256 === sha256) return;
  throw new InputError(
    `${file}: its rows are not those that its first line was written for (sha256 ${sha256.slice(0, 12)}…, not ${header.sha256.slice(0, 12)}…): ` +
      'the file was cut off or edited; build it again, or remove the first line to take the rows as they are',
  );
}
