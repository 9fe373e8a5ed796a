import type { InputError } from '../../stages/errors.js';
import { usualCorruptions } from '../corruptions.js';
import { show } from '../input/show.js';
import { didYouMean } from '../input/suggestion.js';

export type Severity = 1 | 2 | 3 | 4 | 5;
export const severities: readonly Severity[] = [1, 2, 3, 4, 5];

/** The sets whose definitions there are: corruptions of 224×224 pixels, and the same of 32×32 with other strengths. */
export const corruptionForms = ['imagenet-c', 'cifar-10-c'] as const;
export type CorruptionForm = (typeof corruptionForms)[number];
export const usualForm: CorruptionForm = 'imagenet-c';

/** One corruption at one severity. */
export interface CorruptionCell {
  /** One of `usualCorruptions`. */
  readonly corruption: string;
  readonly severity: Severity;
}

/** The one that takes parts of photographs of frost. */
const FROST = 'frost';

/** The files of the published code that frost draws from, in its order: it has a sixth and never takes it. */
export const frostTextureFiles: readonly string[] = [
  'frost1.png',
  'frost2.png',
  'frost3.png',
  'frost4.jpg',
  'frost5.jpg',
];

export const needsFrost = ({ corruption }: Pick<CorruptionCell, 'corruption'>): boolean =>
  corruption === FROST;

/** A corruption as it is written out: its seed is 0 unless it says otherwise, and only frost has textures. */
export interface CorruptionInput extends CorruptionCell {
  readonly seed?: number | undefined;
  /** The set whose definition it has. Default: ImageNet-C. */
  readonly form?: CorruptionForm | undefined;
  /** Path of the folder of frost's textures. */
  readonly textures?: string | undefined;
}

/** A corruption that was written, before its textures are looked at. */
export interface WrittenCorruption extends CorruptionInput {
  readonly seed: number;
}

/** What images are given before they are preprocessed: everything that their pixels then depend on besides themselves. */
export interface CorruptionSetting extends CorruptionCell {
  /** Of the draws, which depend on it, the cell and the image's id alone. */
  readonly seed: number;
  /** Absent for ImageNet-C, as before there was another. */
  readonly form?: 'cifar-10-c' | undefined;
  /** Of frost: the folder of its textures (absolute), and the sha256 (hex) of their bytes. */
  readonly textures?: { readonly folder: string; readonly sha256: string } | undefined;
}

/** The set whose definition a corruption has. */
export const formOf = ({ form = usualForm }: Pick<CorruptionInput, 'form'>): CorruptionForm => form;

/** The same without the places of files: equal where pixels are. */
export function corruptionContent({ corruption, severity, seed, form, textures }: CorruptionSetting) {
  return {
    ...{ corruption, severity, seed },
    ...(form === undefined ? {} : { form }),
    ...(textures === undefined ? {} : { textures: textures.sha256 }),
  };
}

/**
 * The cells that a text names: `all`, or names with or without a severity (`fog:3,glass_blur`).
 * @param fault makes the error of a text that names none, saying where it was written
 * @throws InputError for an unknown name, a severity that there is not, and for what is named twice
 */
export function corruptionCells(
  text: string,
  fault: (text: string) => InputError,
): readonly CorruptionCell[] {
  const names = text.trim() === 'all' ? usualCorruptions : text.split(',').map((part) => part.trim());
  const cells = names.flatMap((part) => cellsOf(part, fault));
  const seen = new Set<string>();
  for (const cell of cells) {
    const written = cellText(cell);
    if (seen.has(written)) throw fault(`found ${show(written)} twice; drop one`);
    seen.add(written);
  }
  return cells;
}

/** The one cell that a text names. @throws InputError as `corruptionCells`, and where it names several */
export function corruptionCell(text: string, fault: (text: string) => InputError): CorruptionCell {
  const [cell, ...others] = corruptionCells(text, fault);
  if (cell === undefined || others.length > 0)
    throw fault(`found ${show(text)}, which is several; name one at one severity, for example glass_blur:5`);
  return cell;
}

/** As it is written: `glass_blur:5`. */
export const cellText = ({ corruption, severity }: CorruptionCell): string => `${corruption}:${severity}`;

function cellsOf(text: string, fault: (text: string) => InputError): readonly CorruptionCell[] {
  const colon = text.indexOf(':');
  const corruption = colon < 0 ? text : text.slice(0, colon);
  if (!usualCorruptions.includes(corruption)) {
    const remedy =
      didYouMean(corruption, [...usualCorruptions, 'all']) ||
      `; the corruptions are ${usualCorruptions.join(', ')}`;
    throw fault(`unknown corruption ${show(corruption)}${remedy}`);
  }
  if (colon < 0) return severities.map((severity) => ({ corruption, severity }));
  const severity = severities.find((one) => String(one) === text.slice(colon + 1));
  if (severity === undefined)
    throw fault(
      `found severity ${show(text.slice(colon + 1))} of ${corruption}; expected an integer from 1 to 5, for example ${corruption}:5`,
    );
  return [{ corruption, severity }];
}
