import type { Manifest } from '../../manifests/manifest.js';
import { InputError } from '../../stages/errors.js';

/**
 * Refuses labels that a model has no class for: they would count as mistakes and spoil accuracies unnoticed.
 * @param classes K of the model
 * @throws InputError naming the manifest, the image and the label
 */
export function checkLabels(model: string, classes: number, manifest: Manifest): void {
  const row = manifest.rows.find(({ label }) => label !== null && label >= classes);
  if (row === undefined) return;
  throw new InputError(
    `${manifest.file}: image ${row.id} has label ${row.label}, but ${model} has ${classes} classes (0 to ${classes - 1}); ` +
      'mend the labels, or leave them out',
  );
}
