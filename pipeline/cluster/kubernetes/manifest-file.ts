import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readText } from '../../../manifests/input/text-file.js';
import { InputError } from '../../../stages/errors.js';
import type { NamedJobs } from './kubectl.js';

const named = z.object({
  kind: z.literal('Job'),
  metadata: z.object({ name: z.string().min(1), namespace: z.string().min(1).optional() }),
});

/** The folder of a run directory that holds its manifest. */
function kubernetesFolder(out: string): string {
  return `${out}/kubernetes`;
}

/** Where the manifest of a run lies, unless it was written elsewhere. */
export function manifestFile(out: string): string {
  return `${kubernetesFolder(out)}/jobs.yaml`;
}

/**
 * The jobs that a manifest describes, as it is now.
 * @throws InputError with one line that names the file and what is wrong with it
 */
export async function jobsIn(file: string): Promise<NamedJobs> {
  const documents = parseAllDocuments(await readText(file, 'manifest of jobs'), { version: '1.1' });
  const jobs = [...documents].map((document) => {
    const [error] = document.errors;
    if (error !== undefined)
      throw new InputError(`${file}: ${error.message.split('\n')[0]}; mend it, or submit the run anew`);
    const job = named.safeParse(document.toJS());
    if (!job.success)
      throw new InputError(
        `${file}: found something else than a Job with a name; mend it, or submit the run anew`,
      );
    return job.data.metadata;
  });
  const [first] = jobs;
  if (first === undefined) throw new InputError(`${file}: describes no job; mend it, or submit the run anew`);
  if (jobs.some(({ namespace }) => namespace !== first.namespace))
    throw new InputError(`${file}: has jobs of several namespaces; give all the same`);
  return { namespace: first.namespace, names: jobs.map(({ name }) => name) };
}
