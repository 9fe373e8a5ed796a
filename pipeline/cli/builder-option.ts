import { Option } from 'commander';
import type { BuilderOption } from '../../manifests/builders/manifest-builder.js';

/** An option of a builder of manifests, as the command line takes it. */
export function builderOption({ flags, doc, required, choices }: BuilderOption): Option {
  const option = new Option(flags, doc).makeOptionMandatory(required ?? false);
  return choices === undefined ? option : option.choices(choices);
}
