import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Options of Node that are about the program that it runs, and would keep another from starting. */
const ofTheProgram =
  /^(?:-e|-p|-pe|-i|-c|--eval|--print|--interactive|--check|--input-type|--inspect|--test)/;

/** Options of Node that name a module, which is found from the working folder. */
const ofModules = /^(-r|--require|--import|--loader|--experimental-loader)(?:=(.*))?$/s;

/** The working folder as it was when this was loaded; null where it is gone. */
const begunIn = workingFolder();

/**
 * The options of Node that a process of ours is started with: those of this one, such as limits of memory, unless they are
 * about the program that this one runs. What they name is found also after `process.chdir`.
 */
export function nodeOptions(own: readonly string[] = process.execArgv): string[] {
  if (own.some((option) => ofTheProgram.test(option))) return [];
  return begunIn === null || workingFolder() === begunIn ? [...own] : optionsFrom(begunIn, own);
}

/** Options that were given in a folder, for a process that begins in another one. */
export function optionsFrom(folder: string, given: readonly string[]): string[] {
  const options: string[] = [];
  const left = given.values();
  for (const one of left) {
    const [, option, inline] = ofModules.exec(one) ?? [];
    if (option !== undefined) {
      const name = inline ?? left.next().value ?? '';
      options.push(option, moduleFrom(folder, name, /import|loader/.test(option)));
    } else if (one.startsWith('--env-file')) {
      // What it says is in the environment by now.
      if (!one.includes('=')) left.next();
    } else options.push(one);
  }
  return options;
}

function moduleFrom(folder: string, name: string, isUrl: boolean): string {
  if (/^(?:file|data|node):/.test(name)) return name;
  try {
    const path = createRequire(join(folder, 'any.js')).resolve(name);
    return isUrl ? pathToFileURL(path).href : path;
  } catch {
    return name;
  }
}

function workingFolder(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}
