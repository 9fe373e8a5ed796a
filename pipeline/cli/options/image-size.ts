import { InvalidArgumentError, Option } from 'commander';
import { largestSide } from '../../experiment/bounds.js';

/** `--size HEIGHTxWIDTH`, of models that leave the size of their images free. @param further what decides without it */
export function imageSizeOption(further = ''): Option {
  return new Option(
    '--size <HEIGHTxWIDTH>',
    `pixels of the images, for a model that leaves height and width free, for example 48x192 (default: the model's own${further})`,
  ).argParser(imageSize);
}

/** Parses a height and a width. */
export function imageSize(text: string): readonly [height: number, width: number] {
  const [height = 0, width = 0] = /^(\d+)x(\d+)$/i.exec(text)?.slice(1).map(Number) ?? [];
  const isSide = (side: number): boolean => side >= 1 && side <= largestSide;
  if (isSide(height) && isSide(width)) return [height, width];
  throw new InvalidArgumentError(
    `Expected a height and a width of 1 to ${largestSide} pixels, for example 48x192.`,
  );
}
