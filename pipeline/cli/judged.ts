import { jsonLine, printableLine } from '../../manifests/input/printable.js';
import type { JudgedImage } from '../../workers/judge-images.js';

/** Heads the lines of `judgedLine`. */
export const judgedHeading = `${['predicted', 'score', 'verdict'].map((title) => title.padStart(14)).join('  ')}  path\n`;

/** One verdict, for people or for scripts. */
export function judgedLine(image: JudgedImage, json: boolean): string {
  if (json) return jsonLine(image);
  const { predicted, score, isOutOfDomain, path } = image;
  const cells = [String(predicted), score.toPrecision(7), isOutOfDomain ? 'out of domain' : 'in domain'];
  return `${cells.map((cell) => cell.padStart(14)).join('  ')}  ${printableLine(path)}\n`;
}
