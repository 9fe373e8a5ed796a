import { join } from 'node:path';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import { type OpenOodInput, openOodCsv, openOodLeaderboard } from '../reduction/openood.js';
import { metricRows } from '../reduction/result-rows.js';
import type { ResultRows } from '../reduction/results.js';
import { rowsJson } from './rows-json.js';

/**
 * Metrics as files, by path: as Arrow, as JSON, and in the forms of OpenOOD; those of the full spectrum likewise where there are
 * any.
 * @param about what is the same in every row
 */
export function metricFiles(
  directory: RunDirectory,
  { metrics, fullSpectrum, accuracy }: Pick<ResultRows, 'metrics' | 'fullSpectrum' | 'accuracy'>,
  { covariateShifted = [], groups = [] }: Pick<PlannedExperiment, 'covariateShifted' | 'groups'>,
  about: Readonly<Record<string, string>>,
): readonly (readonly [string, Uint8Array | string])[] {
  const forms = [
    {
      ...{ arrow: directory.metrics, json: directory.metricsJson, suffix: '' },
      ...{ metrics, inDomainRoles: ['in-domain'] as const },
    },
    {
      ...{ arrow: directory.fullSpectrum, json: directory.fullSpectrumJson, suffix: '-full-spectrum' },
      ...{ metrics: fullSpectrum, inDomainRoles: ['in-domain', 'covariate-shifted'] as const },
    },
  ];
  return forms.slice(0, covariateShifted.length > 0 ? 2 : 1).flatMap(({ arrow, json, suffix, ...form }) => {
    const input: OpenOodInput = { ...form, accuracy, groups };
    const leaderboard = openOodLeaderboard(input);
    return [
      [arrow, metricRows.encode(form.metrics, about)],
      [json, rowsJson(form.metrics, about)],
      [join(directory.tables, `openood${suffix}.csv`), openOodCsv(input)],
      ...(leaderboard === null
        ? []
        : [[join(directory.tables, `openood-leaderboard${suffix}.csv`), leaderboard] as const]),
    ] as const;
  });
}
