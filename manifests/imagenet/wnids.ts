import { fileURLToPath } from 'node:url';
import { readText } from '../input/text-file.js';

/** What stands for the shipped list where a list of classes is expected. */
export const imagenetClasses = 'imagenet-1k';

/**
 * WordNet's names of the 1 000 classes, sorted: the order of the outputs of networks that were trained on ImageNet-1K. The
 * list stays beside the sources, from where the compiled module, three folders down in `dist`, finds it.
 */
export async function imagenetWnids(): Promise<readonly string[]> {
  const file = fileURLToPath(new URL('../../../manifests/imagenet-wnids.txt', import.meta.url));
  return (await readText(file, 'class list')).trimEnd().split('\n');
}

/** The class index of each of the 1 000 classes. */
export async function imagenetLabels(): Promise<ReadonlyMap<string, number>> {
  return new Map((await imagenetWnids()).map((wnid, label) => [wnid, label]));
}
