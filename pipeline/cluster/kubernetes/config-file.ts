import { z } from 'zod';
import { integer, strictObject, validate } from '../../../manifests/input/validate.js';
import { readConfig } from '../read-config.js';
import { valueSchema } from '../value.js';
import {
  claimText,
  gpuResourceName,
  imageName,
  kubernetesLongName,
  kubernetesName,
  memoryQuantity,
  podUser,
} from './values.js';

/** What a cluster is told in a file, since it is the same for every run there. Options of the command line come first. */
export type KubernetesConfig = z.infer<typeof schema>;

/** Labels, or variables, by name. */
function texts(of: string) {
  return z.record(z.string(), z.string({ error: 'expected a text, in quotes' }), { error: `expected ${of}` });
}

const nodeSelector = texts('labels of nodes, for example { "gpu": "a100" }').optional();

const toleration = strictObject({
  key: z.exactOptional(z.string()),
  operator: z.exactOptional(z.enum(['Exists', 'Equal'], { error: 'expected "Exists" or "Equal"' })),
  value: z.exactOptional(z.string()),
  effect: z.exactOptional(
    z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], {
      error: 'expected "NoSchedule", "PreferNoSchedule" or "NoExecute"',
    }),
  ),
});

const variableName = /^[A-Za-z_]\w*$/;

const schema = strictObject({
  image: valueSchema(imageName).optional(),
  command: z
    .array(z.string(), { error: 'expected the words of a command line, for example ["node", "main.js"]' })
    .min(1, { error: 'expected a command line, or leave the key out' })
    .optional(),
  namespace: valueSchema(kubernetesName).optional(),
  queue: valueSchema(kubernetesLongName).optional(),
  claims: z
    .array(valueSchema(claimText), { error: 'expected a list of claims, for example ["results:/data"]' })
    .optional(),
  gpus: integer(0, 64).optional(),
  gpuResource: valueSchema(gpuResourceName).optional(),
  cpus: integer(1, 1_000).optional(),
  memory: valueSchema(memoryQuantity).optional(),
  concurrent: integer(1).optional(),
  maxRetries: integer(0, 10_000).optional(),
  user: valueSchema(podUser).optional(),
  nodeSelector,
  tolerations: z.array(toleration, { error: 'expected a list of tolerations' }).optional(),
  imagePullSecrets: z
    .array(valueSchema(kubernetesLongName), { error: 'expected a list of names' })
    .optional(),
  serviceAccount: valueSchema(kubernetesLongName).optional(),
  env: texts('variables, for example { "GRODIN_CACHE": "/data/cache" }')
    .refine((given) => Object.keys(given).every((name) => variableName.test(name)), {
      error: 'expected names of variables of letters, digits and underscores',
    })
    .refine((given) => !('GRODIN_TASKS' in given || 'JOB_COMPLETION_INDEX' in given), {
      error: 'GRODIN_TASKS and JOB_COMPLETION_INDEX are set by the job itself; leave them out',
    })
    .optional(),
  reduce: strictObject({
    cpus: integer(1, 1_000).optional(),
    memory: valueSchema(memoryQuantity).optional(),
    nodeSelector,
  }).optional(),
});

/** @throws InputError with one line that names the file, the key, the value and what is expected */
export async function readKubernetesConfig(file: string): Promise<KubernetesConfig> {
  return validate(schema, await readConfig(file), { file, path: [] });
}
