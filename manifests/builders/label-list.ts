import { posix } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { show } from '../input/show.js';
import { didYouMean } from '../input/suggestion.js';
import { readText } from '../input/text-file.js';

/**
 * Reads a list of labels, a `path label` a line, the label a class index or the name of a class.
 * @param classes the index of each name
 * @returns the label of each image by its file's name
 * @throws InputError naming file and line, where a line is none, its label is none, or its image has one already
 */
export async function readLabelList(
  file: string,
  classes: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  const labels = new Map<string, number>();
  const lines = (await readText(file, 'list of labels')).split(/\r\n|\n|\r/);
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const where = `${file}:${i + 1}`;
    const { path, word } = /^\s*(?<path>.*\S)\s+(?<word>\S+)\s*$/.exec(line.slice(0, 5000))?.groups ?? {};
    if (path === undefined || word === undefined)
      throw new InputError(
        `${where}: ${show(line)} is no "path label"; expected a path, a space and a class`,
      );
    const name = posix.basename(path);
    if (labels.has(name))
      throw new InputError(`${where}: ${show(name)} has a label on an earlier line; drop one of them`);
    const label = classes.get(word) ?? (/^\d+$/.test(word) ? Number(word) : Number.NaN);
    if (label >= classes.size)
      throw new InputError(
        `${where}: label ${show(word)} is beyond the ${classes.size} classes, which count from 0; for numbers of the development kit give the kit`,
      );
    if (Number.isNaN(label))
      throw new InputError(
        `${where}: label ${show(word)} is neither a class index nor the name of a class${didYouMean(word, classes.keys()) || '; check the list, or the classes'}`,
      );
    labels.set(name, label);
  }
  if (labels.size === 0) throw new InputError(`${file}: lists no labels; expected one "path label" a line`);
  return labels;
}
