import { requirePath, requireTexts } from './arguments.js';
import { apart, type JobOptions } from './jobs/apart.js';
import type { ManifestCheckSettings, ManifestsCheck } from './jobs/check-manifests.js';
import { checkedOptions } from './options.js';

/** What manifests are held to, how to follow the check, and how to stop it. */
export interface CheckManifestsOptions extends ManifestCheckSettings, Pick<JobOptions, 'signal'> {
  /** Told in one line each how far it is. What it throws ends the check, and is what the call throws. */
  readonly onNote?: JobOptions['onNote'];
}

/**
 * Opens every image that manifests list, in a process of its own: which are broken, which have the same content as others, in
 * one manifest or in several, and which have a label that no network of so many classes has.
 * @param files paths of manifests
 * @throws InputError naming an argument or option that is none
 * @throws InputError where a manifest can't be read
 * @throws RunFailedError where the system fails, and not an image
 * @throws InterruptedError when `signal` was aborted
 */
export async function checkManifests(
  files: readonly string[],
  options: CheckManifestsOptions = {},
): Promise<ManifestsCheck> {
  requireTexts('checkManifests', 'files', files, 'paths of manifests');
  for (const file of files) requirePath('checkManifests', 'files', file, 'the path of a manifest');
  const { signal, onNote, ...settings } = checkedOptions('checkManifests', options);
  return apart('checkManifests', [[...files], settings], { signal, onNote });
}
