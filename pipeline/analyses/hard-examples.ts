import { g } from '../../stages/detectors/g.js';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { type BootstrapSummary, resamplesNeeded, summarise } from '../../stages/metrics/bootstrap.js';
import { streamKey } from '../../stages/metrics/draw-resample.js';
import { rank } from '../../stages/metrics/ranking.js';
import { sortScores } from '../../stages/metrics/sorted-scores.js';
import { logS } from '../../stages/scores.js';
import type { Analysis, AnalysisInput } from './analysis.js';
import { type HardExampleRow, hardExampleRows } from './hard-example-rows.js';
import { hardExampleTable } from './hard-example-table.js';
import { type HardImages, hardSubset } from './hard-subset.js';

/** What G adds where S says least: ROC-AUC of both on the half that S separates worst (section 4.2). */
export const hardExamples: Analysis<HardExampleRow> = {
  name: 'hard-examples',
  rows: hardExampleRows,
  isAsked: ({ detectors }) => detectors.includes(g.name),
  reduce: async (input) => {
    const hard = input.analysed.set.role === 'outlier' ? await hardSubset(input) : null;
    if (hard === null) return [];
    const { window, chosen, validation, test } = hard;
    const [s, byG] = await summariesOf(input, test);
    return [
      {
        model: input.subject.name,
        outlier: input.analysed.set.name,
        lowS: Math.exp(logS(window.low)),
        highS: Math.exp(logS(window.high)),
        lowLogOdds: window.low,
        highLogOdds: window.high,
        validationInDomainImages: validation.inDomain.s.length,
        validationOutlierImages: validation.outlier.s.length,
        validationAurocS: window.auroc,
        validationAurocG: aurocAgainst(sortScores(validation.inDomain.g), validation.outlier.g),
        inDomainImages: test.inDomain.s.length,
        outlierImages: test.outlier.s.length,
        aurocS: s?.value ?? null,
        aurocSDeviation: s?.deviation ?? null,
        aurocSLow: s?.low ?? null,
        aurocSHigh: s?.high ?? null,
        epsilon: chosen.epsilon,
        temperature: chosen.temperature,
        aurocG: byG?.value ?? null,
        aurocGDeviation: byG?.deviation ?? null,
        aurocGLow: byG?.low ?? null,
        aurocGHigh: byG?.high ?? null,
      },
    ];
  },
  tables: hardExampleTable,
};

/** ROC-AUC by S, then by G, over the same resamples; none where one side has no image. */
async function summariesOf(
  { experiment, subject, analysed, resampler }: AnalysisInput,
  { inDomain, outlier }: HardImages,
): Promise<readonly BootstrapSummary[]> {
  if (inDomain.s.length === 0 || outlier.s.length === 0) return [];
  const { seed, resamplings } = experiment;
  const rankings = (['s', 'g'] as const).map((by) =>
    rank(inDomain[by], outlier[by], `${by.toUpperCase()} of ${subject.name} on hard ${analysed.set.name}`),
  );
  // A mixture of its own, so a stream of its own.
  const key = streamKey({ seed, model: subject.name, outlier: `hard examples of ${analysed.set.name}` });
  const samples = await resampler.resample(rankings, key, resamplesNeeded(resamplings));
  return summarise(rankings, samples, resamplings).map(({ auroc }) => auroc);
}
