import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** This package's own package.json, which lies three folders up both here and when installed. */
const place = new URL('../../../package.json', import.meta.url);

const content = z.object({ version: z.string(), bin: z.object({ grodin: z.string() }) });

/** The version of this package. */
export async function packageVersion(): Promise<string> {
  return (await read()).version;
}

/** Absolute path of the program `grodin` of this package. */
export async function packageProgram(): Promise<string> {
  return fileURLToPath(new URL((await read()).bin.grodin, place));
}

async function read(): Promise<z.infer<typeof content>> {
  return content.parse(JSON.parse(await readFile(place, 'utf8')));
}
