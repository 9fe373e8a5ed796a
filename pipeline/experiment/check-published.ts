/** What an experiment says of which of its models and sets are the paper's must be what the paper has together. */
import { inputFault } from '../../manifests/input/input-fault.js';
import { show } from '../../manifests/input/show.js';
import {
  type PublishedModel,
  type PublishedSet,
  publishedInDomain,
  publishedModels,
  publishedOutliers,
} from '../../manifests/paper/published.js';

interface Claiming<Name> {
  readonly published?: Name | undefined;
}

/** As much of an experiment as has to do with it, whether its paths were followed or not. */
export interface CheckedPublished {
  readonly models: readonly Claiming<PublishedModel>[];
  readonly ensembles?: readonly Claiming<PublishedModel>[] | undefined;
  readonly inDomain: Claiming<PublishedSet>;
  readonly outliers: readonly Claiming<PublishedSet>[];
}

/**
 * Checks that the in-domain set is the one on which the paper has the models and outlier sets.
 * @param file where the experiment stands
 * @throws InputError naming the key at fault and the remedy
 */
export function checkPublished(file: string, experiment: CheckedPublished): void {
  const { models, ensembles = [], inDomain, outliers } = experiment;
  const fault = (path: (string | number)[], text: string) =>
    inputFault({ file, path: [...path, 'published'] }, text);
  const on = inDomain.published;
  if (on !== undefined && !(on in publishedInDomain))
    throw fault(
      ['inDomain'],
      `found ${show(on)}, an outlier set of the paper; its in-domain sets are ${Object.keys(publishedInDomain).join(', ')}`,
    );
  const requireOn = (path: (string | number)[], name: string, its: string): void => {
    if (on === its) return;
    const found = on === undefined ? 'does not say that it is' : `is ${show(on)} instead of`;
    throw fault(
      path,
      `found ${show(name)}, which the paper has with ${its}, but the in-domain set ${found} that; ` +
        `${on === undefined ? `give inDomain "published": ${show(its)}, or drop this` : 'drop one of the two'}`,
    );
  };
  for (const [key, all] of [
    ['models', models],
    ['ensembles', ensembles],
  ] as const)
    for (const [i, { published }] of all.entries())
      if (published !== undefined) requireOn([key, i], published, publishedModels[published].inDomain);
  for (const [i, { published }] of outliers.entries()) {
    if (published === undefined) continue;
    if (!isOutlier(published))
      throw fault(
        ['outliers', i],
        `found ${show(published)}, an in-domain set of the paper; its outlier sets are ${Object.keys(publishedOutliers).join(', ')}`,
      );
    requireOn(['outliers', i], published, publishedOutliers[published].inDomain);
  }
}

function isOutlier(name: PublishedSet): name is keyof typeof publishedOutliers {
  return name in publishedOutliers;
}
