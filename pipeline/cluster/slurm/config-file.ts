import { z } from 'zod';
import { integer, oneOf, strictObject, validate } from '../../../manifests/input/validate.js';
import { readConfig } from '../read-config.js';
import { valueSchema } from '../value.js';
import { isOwnOption } from './own-options.js';
import { parseSbatchOption } from './sbatch-option.js';
import { slurmGpus, slurmGres, slurmMemorySize, slurmName, slurmTime } from './values.js';

/** What a cluster is told in a file, since it is the same for every run there. Options of the command line come first. */
export type SlurmConfig = z.infer<typeof schema>;

/** A line of bash, or a part of one. */
const bash = z
  .string({ error: 'expected a text' })
  .regex(/^[^\p{Cc}]*$/u, { error: 'expected one line, without control characters' });

const bashLines = z.array(
  bash.refine((line) => !/^\s*#\s*SBATCH\b/i.test(line), {
    error: 'expected bash; options of sbatch have the key "sbatch"',
  }),
  { error: 'expected a list of lines of bash' },
);

const sbatchLines = z.array(
  z
    .string({ error: 'expected an option of sbatch, for example "--qos=long"' })
    .refine((line) => parseSbatchOption(line) !== null, {
      error:
        'expected one option of sbatch with its dashes, for example "--qos=long"; give each a text of its own',
      abort: true,
    })
    .refine((line) => !isOwnOption(parseSbatchOption(line)?.name ?? ''), {
      error:
        'this option, of which sbatch takes the beginning too, is what the script works by, or has an option or a key of its own; leave it out',
    }),
  { error: 'expected a list of options of sbatch, for example ["--qos=long"]' },
);

const resources = {
  partition: valueSchema(slurmName).optional(),
  account: valueSchema(slurmName).optional(),
  time: valueSchema(slurmTime).optional(),
  mem: valueSchema(slurmMemorySize).optional(),
  cpusPerTask: integer(1, 10_000).optional(),
  sbatch: sbatchLines.optional(),
};

const schema = strictObject({
  ...resources,
  // A plain number need not be in quotes.
  gpusPerTask: oneOf<string, string | number>((given) =>
    typeof given === 'number' ? integer(1, 9_999).transform(String) : valueSchema(slurmGpus),
  ).optional(),
  gres: valueSchema(slurmGres).optional(),
  concurrent: integer(1).optional(),
  maxRequeues: integer(0).optional(),
  setup: bashLines.optional(),
  container: bash.min(1, { error: 'expected a command line, or leave the key out' }).optional(),
  grodin: bash.min(1, { error: 'expected a command line, or leave the key out' }).optional(),
  reduce: strictObject(resources).optional(),
});

/** @throws InputError with one line that names the file, the key, the value and what is expected */
export async function readSlurmConfig(file: string): Promise<SlurmConfig> {
  return validate(schema, await readConfig(file), { file, path: [] });
}
