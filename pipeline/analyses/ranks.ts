import { averageRanks } from '../../stages/comparisons/average-ranks.js';
import { friedmanTest } from '../../stages/comparisons/friedman.js';
import { cliquesOf, criticalDifference } from '../../stages/comparisons/nemenyi.js';
import { placementsOf } from '../../stages/metrics/placements.js';
import type { RowType } from '../../workers/arrow/row-type.js';
import { corruptionWeights, isCorrupted } from '../reduction/averaged-sets.js';
import type { SubjectLook, WholeAnalysis } from './analysis.js';
import { fullSpectrumRankRows, type RankRow, rankRows } from './rank-rows.js';
import { rankTable } from './rank-table.js';
import { rankedDetectors } from './ranked-detectors.js';
import { fullSpectrum, inDomainAlone, type Spectrum } from './spectrum.js';

/** Of fewer blocks ranks say too little for their tests. */
export const leastBlocks = 5;

/**
 * Which detectors are the better ones over several outlier sets: average ranks by ROC-AUC. All corrupted sets are one block, by
 * their mean, since they are made of the same photographs.
 */
export const ranks = ranksIn(inDomainAlone, rankRows);

/** The same where covariate-shifted sets are in-domain too. */
export const fullSpectrumRanks = ranksIn(fullSpectrum, fullSpectrumRankRows);

function ranksIn(spectrum: Spectrum, rowsOfRanks: RowType<RankRow>): WholeAnalysis<RankRow> {
  return {
    name: `ranks${spectrum.suffix}`,
    rows: rowsOfRanks,
    isAsked: spectrum.isAsked,
    begin: (): SubjectLook<RankRow> => {
      let model = '';
      let detectors: readonly string[] = [];
      const blocks: (readonly number[])[] = [];
      const corrupted: { readonly weight: number; readonly aurocs: readonly number[] }[] = [];
      return {
        add: async (input) => {
          const { experiment, subject, analysed } = input;
          const found = rankedDetectors(input, spectrum.known(input));
          if (found.length < 2) return;
          model = subject.name;
          detectors = found.map(({ row }) => row.detector);
          const aurocs = found.map(({ ranking }) => placementsOf(ranking).auroc);
          const set = experiment.outliers.find(({ name }) => name === analysed.set.name);
          if (set === undefined || !isCorrupted(set)) blocks.push(aurocs);
          else {
            const weight = corruptionWeights(experiment.outliers).get(set.name) ?? 0;
            corrupted.push({ weight, aurocs });
          }
        },
        rows: () => {
          const all = corrupted.length === 0 ? blocks : [...blocks, meanOf(corrupted, detectors.length)];
          return rowsOf(model, detectors, all);
        },
      };
    },
    tables: (rows) => rankTable(rows, spectrum),
  };
}

function meanOf(
  sets: readonly { readonly weight: number; readonly aurocs: readonly number[] }[],
  count: number,
): readonly number[] {
  return Array.from({ length: count }, (_, nth) =>
    sets.reduce((sum, { weight, aurocs }) => sum + weight * (aurocs[nth] ?? 0), 0),
  );
}

function rowsOf(
  model: string,
  detectors: readonly string[],
  blocks: readonly (readonly number[])[],
): readonly RankRow[] {
  const isEnough = blocks.length >= leastBlocks;
  const average = isEnough ? averageRanks(blocks) : [];
  const tested = isEnough ? friedmanTest(blocks) : null;
  const difference = isEnough ? criticalDifference(detectors.length, blocks.length) : null;
  const cliques = difference === null ? null : cliquesOf(average, difference);
  return detectors.map((detector, nth) => ({
    model,
    detector,
    blocks: blocks.length,
    detectors: detectors.length,
    averageRank: average[nth] ?? null,
    statistic: tested?.statistic ?? null,
    p: tested?.p ?? null,
    f: tested?.f ?? null,
    fP: tested?.fP ?? null,
    criticalDifference: difference,
    cliques:
      cliques?.flatMap((clique, number) => (clique.includes(nth) ? [number + 1] : [])).join(' ') ?? null,
  }));
}
