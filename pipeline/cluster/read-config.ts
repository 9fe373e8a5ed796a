import { extname } from 'node:path';
import { readJson } from '../../manifests/input/json-file.js';
import { readToml } from '../../manifests/input/toml-file.js';

/** The value of a cluster's configuration: TOML where its name says so, else JSON. @throws InputError where it is neither */
export function readConfig(file: string): Promise<unknown> {
  const what = "cluster's configuration";
  return extname(file).toLowerCase() === '.toml' ? readToml(file, what) : readJson(file, what);
}
