import { printableLine } from '../../manifests/input/printable.js';
import { addTo } from '../../stages/grouped.js';
import { inWords } from '../../stages/shown.js';
import { canonicalJson } from '../../workers/store/canonical-json.js';
import type { OpenExperiment } from '../opening/opened.js';

/** Members of ensembles that are one network: the same file, scored output and preprocessing, so that they agree on every image. */
export function equalMemberNotes({
  experiment,
  models,
}: {
  readonly experiment: Pick<OpenExperiment['experiment'], 'ensembles'>;
  readonly models: readonly {
    readonly name: string;
    readonly identity: Pick<
      OpenExperiment['models'][number]['identity'],
      'sha256' | 'output' | 'size' | 'preprocess'
    >;
  }[];
}): readonly string[] {
  const notes: string[] = [];
  for (const ensemble of experiment.ensembles ?? []) {
    const alike = new Map<string, string[]>();
    for (const { name, identity } of models) {
      const { sha256, output = null, size = null, preprocess } = identity;
      if (ensemble.models.includes(name))
        addTo(alike, canonicalJson({ sha256, output, size, preprocess: { ...preprocess } }), `"${name}"`);
    }
    for (const names of alike.values())
      if (names.length > 1)
        notes.push(
          `ensemble "${ensemble.name}": its members ${inWords(names)} are one file, preprocessed alike; they agree on every image, and count as ${names.length} in its measures`,
        );
  }
  return notes.map(printableLine);
}
