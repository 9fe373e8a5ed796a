import { fileURLToPath } from 'node:url';

/**
 * Path of a committed file of the benchmark: models, candidates, the experiment. They stay beside the sources,
 * from where the compiled module, three folders down in `dist`, finds them in a checkout and in the package.
 */
export function assetFile(name: string): string {
  return fileURLToPath(new URL(`../../../manifests/micro-benchmark/${name}`, import.meta.url));
}
