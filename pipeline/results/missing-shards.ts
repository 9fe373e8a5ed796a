import { addTo } from '../../stages/grouped.js';
import { listed, shown } from '../../stages/shown.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { ModelEnsemble } from '../experiment/experiment.js';

/** Which models lack shards of which sets, and which ensembles have such a member. @param missing at least one shard */
export function missingShards(
  missing: readonly Pick<PlannedShard, 'model' | 'set'>[],
  ensembles: readonly ModelEnsemble[] = [],
): string {
  const setsOf = new Map<string, string[]>();
  for (const { model, set } of missing)
    if (setsOf.get(model)?.includes(set) !== true) addTo(setsOf, model, set);
  const models = Array.from(setsOf, ([model, sets]) => `${shown(model)} on ${listed(sets.map(shown))}`);
  const without = ensembles.filter((ensemble) => ensemble.models.some((model) => setsOf.has(model)));
  const names = listed(without.map(({ name }) => shown(name)));
  const members =
    without.length === 0 ? '' : `, and with them ${without.length === 1 ? 'ensemble' : 'ensembles'} ${names}`;
  return `${listed(models)}${members}`;
}
