import { z } from 'zod';
import { integer, nonEmpty } from '../../manifests/input/validate.js';
import { corruptionSettingSchema } from '../../workers/images/corruptions/parse-corruption.js';
import { preprocessSchema } from '../../workers/images/parse-preprocess.js';
import {
  batch,
  bytes,
  ensembleSchema,
  experimentSchema,
  groupSchema,
  modelSchema,
  setSchema,
  shiftedSetSchema,
  validationSetSchema,
} from './schema.js';

/** Sets whose textures of frost were looked at. */
const corrupt = corruptionSettingSchema.optional();
const resolvedSet = setSchema.extend({ corrupt });
const resolvedModel = modelSchema.extend({ preprocess: preprocessSchema });

/** An `Experiment`. */
export const resolvedExperiment = experimentSchema.extend({
  name: experimentSchema.shape.name.unwrap(),
  models: nonEmpty(resolvedModel, 'models'),
  inDomain: resolvedSet,
  outliers: nonEmpty(resolvedSet, 'sets'),
  validationSets: nonEmpty(validationSetSchema.extend({ corrupt }), 'sets').optional(),
  covariateShifted: nonEmpty(shiftedSetSchema.extend({ corrupt }), 'sets').optional(),
  groups: nonEmpty(groupSchema, 'groups').optional(),
  ensembles: nonEmpty(ensembleSchema, 'ensembles').optional(),
  memory: bytes.nullable(),
});

/** A `PlannedExperiment`. */
export const plannedExperiment = resolvedExperiment
  .omit({ batchSize: true, memory: true, maxPixels: true, device: true, workers: true })
  .extend({
    batchSize: batch,
    stepsTogether: z.exactOptional(integer(1)),
    engine: z.string(),
  });

/** The first thing that a value lacks to be an experiment that was read, as errors name it; null where it is one. */
export function whatExperimentLacks(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'everything';
  const missing = Object.entries<z.ZodType>(resolvedExperiment.shape).find(
    ([key, schema]) => !(schema instanceof z.ZodOptional) && Reflect.get(value, key) === undefined,
  );
  if (missing !== undefined) return `"${missing[0]}"`;
  // Written otherwise than it is read: with defaults left out, or by a name or a text that stands for it.
  const written = z.looseObject({
    models: z.array(z.looseObject({ preprocess: z.looseObject({ resize: z.unknown() }) })),
    grid: z.looseObject({ epsilon: z.array(z.number()), temperature: z.array(z.number()) }),
    memory: z.number().nullable(),
  });
  const issue = written.safeParse(value).error?.issues[0];
  return issue === undefined ? null : `a resolved "${issue.path.join('.')}"`;
}
