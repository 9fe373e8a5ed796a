import { InvalidArgumentError } from 'commander';
import { parseBytes } from '../../../manifests/input/bytes.js';
import { parseDuration } from '../../../manifests/input/duration.js';
import { inSinglePrecision, mostImagesInBatch, mostThreads } from '../../experiment/bounds.js';

/** Parses an option that takes an integer of at least `least`, and of at most `most` where there is a bound. */
export function integerOption(
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const isOpen = most === Number.MAX_SAFE_INTEGER && !(value > most);
    const bounds = isOpen ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Expected an integer ${bounds}.`);
  };
}

/** Parses an option that takes a number of threads. */
export function threadsOption(): (text: string) => number {
  return integerOption(1, mostThreads);
}

/** Parses an option that takes the number of images in a batch. */
export function batchOption(): (text: string) => number {
  return integerOption(1, mostImagesInBatch);
}

/** Parses an option that takes a number above 0, for example a temperature. */
export function positiveNumber(text: string): number {
  const value = decimal(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** Parses an option that takes a number of at least 0, for example a perturbation size. */
export function nonNegativeNumber(text: string): number {
  const value = decimal(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError('Expected a number of at least 0.');
}

/** Parses an option that takes a size in bytes, for example `4GB`. */
export function sizeOption(text: string): number {
  const bytes = parseBytes(text);
  if (bytes !== null) return bytes;
  throw new InvalidArgumentError('Expected a size, for example 4GB.');
}

/** Parses an option that takes a duration, for example `90s` or `10min`. @returns seconds */
export function durationOption(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== null) return seconds;
  throw new InvalidArgumentError('Expected a duration, for example 90s, 10min or 1h.');
}

/** NaN for what single precision can't hold, and whatever is no plain decimal number: Number() would also take '', '0x10' and 'Infinity'. */
function decimal(text: string): number {
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return inSinglePrecision(value) ? value : Number.NaN;
}
