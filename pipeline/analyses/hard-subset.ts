import { detectorValues } from '../../stages/detectors/detector-values.js';
import { g } from '../../stages/detectors/g.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import { hardestWindow, isWithin, type ScoreWindow } from '../../stages/separation/hardest-window.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { AnalysedSet, AnalysisInput } from './analysis.js';
import { hasConfidence } from './has-confidence.js';

/** The cell that MSP's S is of. */
const plainCell = { epsilon: 0, temperature: 1 } as const;

/** The images of two test splits that S can hardly tell apart, in a window of S that was found on validation images. */
export interface HardSubset {
  readonly window: ScoreWindow;
  /** G itself, at the cell that was chosen for the set. */
  readonly chosen: SelectionRow;
  /** Of the validation images on which the window was found. */
  readonly validation: HardImages;
  readonly test: HardImages;
}

/** Values of the images of a subset, those of one image at the same place of both. */
export interface HardImages {
  readonly inDomain: HardValues;
  readonly outlier: HardValues;
}

/** Larger = more out-of-domain. */
interface HardValues {
  /** −log-odds, which order images as −S does. */
  readonly s: Float64Array;
  /** log ‖G‖² */
  readonly g: Float64Array;
}

/** @returns null of what has no S or no G, and where no window holds images of both */
export async function hardSubset({
  experiment,
  subject,
  selection,
  inDomain,
  analysed,
}: AnalysisInput): Promise<HardSubset | null> {
  const chosen = selection.find(
    (row) => row.outlier === analysed.set.name && row.detector === g.name && row.ablation === 'full',
  );
  if (chosen === undefined || !hasConfidence(experiment, subject)) return null;
  const [known, unknown] = [await inDomain.validation(), await analysed.validation()];
  const logOddsOf = (split: SplitScores) => split.at(plainCell).logOdds;
  const window = hardestWindow(logOddsOf(known), logOddsOf(unknown));
  if (window === null) return null;
  const within = (split: SplitScores) => valuesWithin(split, window, chosen);
  const both = (one: SplitScores, other: SplitScores): HardImages => ({
    inDomain: within(one),
    outlier: within(other),
  });
  return { window, chosen, validation: both(known, unknown), test: both(inDomain.test, analysed.test) };
}

/** Log-odds of all test images, in the order of the split; none where none could be scored. */
export function testLogOdds({ test }: AnalysedSet): Float64Array {
  return test.size === 0 ? new Float64Array() : test.at(plainCell).logOdds;
}

function valuesWithin(split: SplitScores, window: ScoreWindow, chosen: SelectionRow): HardValues {
  const { logOdds } = split.at(plainCell);
  const images = Array.from(logOdds.keys()).filter((image) => isWithin(logOdds[image] ?? Number.NaN, window));
  const cell = { epsilon: chosen.epsilon, temperature: chosen.temperature };
  const values = detectorValues(g, split.at(cell), cell);
  return {
    s: Float64Array.from(images, (image) => -(logOdds[image] ?? Number.NaN)),
    g: Float64Array.from(images, (image) => values[image] ?? Number.NaN),
  };
}
