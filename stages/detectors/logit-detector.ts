import type { Detector } from './detector.js';
import type { ComparedForm, EmitDetector } from './emitted-score.js';
import { LogitRow } from './logit-row.js';
import { ablationCells } from './search.js';

/** What is particular to a detector that reads an image's logits and nothing else, at ε = 0 and T = 1. */
export interface LogitRule {
  readonly name: string;
  readonly title: string;
  readonly citation: string;
  /** In JSON of `grodin score`. */
  readonly key: string;
  /** Larger = more out-of-domain. */
  readonly of: (row: LogitRow) => number;
  /** The same as part of a graph, at T = 1. */
  readonly emit: EmitDetector;
  /** As `Detector` has it. */
  readonly compared?: ComparedForm;
}

/** What all detectors are that read logits alone, of one network or of several. */
export const readsLogits = {
  isUsual: false,
  ablationTable: null,
  ablations: ['vanilla'],
  shown: null,
  needsGradient: false,
  cells: ablationCells,
  value: ({ ofLogits }) => ofLogits ?? Number.NaN,
} as const satisfies Omit<Detector, 'name' | 'title' | 'citation' | 'emit'>;

/** A detector by its rule. */
export function logitDetector<const Rule extends LogitRule>({ of, key, ...rule }: Rule) {
  return {
    ...rule,
    ...readsLogits,
    shown: { key: key as Rule['key'], heading: rule.name, value: readsLogits.value },
    ofLogits: (logits: ArrayLike<number>, temperature: number) => of(new LogitRow(logits, temperature)),
  } as const satisfies Detector;
}
