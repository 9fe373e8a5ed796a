import { join } from 'node:path';
import { readModel } from '../../pipeline/model/read-model.js';
import { ModelError } from '../../stages/errors.js';
import { deviationOf, type ExactScores, exactDeviation } from './deviation.js';
import type { Family } from './family.js';
import type { Outcome } from './page.js';
import { scoresOf } from './scores.js';

/**
 * What becomes of each exported file of a family.
 * @param exact what its compiled scorers give in float64, of those that were run so
 */
export async function outcomesOf(folder: string, family: Family, exact: ExactScores): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [variant, about] of Object.entries(family.files)) {
    const { nodes } = about;
    try {
      const model = await readModel(join(folder, about.file));
      const { scores, parameters } = await scoresOf(model, family);
      outcomes.push({
        variant,
        nodes,
        parameters,
        deviation: deviationOf(scores, family, about),
        exact: exactDeviation(exact[variant], family, about),
        refused: null,
      });
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      outcomes.push({
        variant,
        nodes,
        parameters: null,
        deviation: null,
        exact: null,
        refused: error.message,
      });
    }
    process.stderr.write('.');
  }
  for (const [variant, reason] of Object.entries(family.refused))
    outcomes.push({
      variant,
      nodes: 0,
      parameters: null,
      deviation: null,
      exact: null,
      refused: `not exported: ${reason}`,
    });
  return outcomes;
}
