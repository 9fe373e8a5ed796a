import { z } from 'zod';
import { nonEmpty } from '../../manifests/input/validate.js';
import { preprocessSchema } from '../../workers/images/parse-preprocess.js';
import { experimentSchema, modelSchema, type setSchema } from './schema.js';

/** As `Type`, and nothing in it may be changed. */
type Frozen<Type> = Type extends object ? { readonly [Key in keyof Type]: Frozen<Type[Key]> } : Type;

const resolvedModel = modelSchema.extend({ preprocess: preprocessSchema });

const resolvedExperiment = experimentSchema.extend({
  name: experimentSchema.shape.name.unwrap(),
  models: nonEmpty(resolvedModel, 'models'),
});

/** An experiment as it is run: its batch size is settled, and what only bounds resources is left out. */
export const plannedExperiment = resolvedExperiment
  .omit({ batchSize: true, memory: true, maxPixels: true, device: true, workers: true })
  .extend({
    batchSize: z.number(),
    /** How many ε of one temperature are scored together; absent for pass by pass. */
    stepsTogether: z.exactOptional(z.number()),
    /** The class of engine that scores are made by. */
    engine: z.string(),
  });

export type PlannedExperiment = Frozen<z.output<typeof plannedExperiment>>;

/** An experiment file that was read: every default filled in, every path absolute, preprocessing spelt out. */
export type Experiment = Frozen<z.output<typeof resolvedExperiment>>;

export type ExperimentModel = Frozen<z.output<typeof resolvedModel>>;

export type ExperimentSet = Frozen<z.output<typeof setSchema>>;

/** The first thing that a value lacks to be an experiment that was read, as errors name it; null where it is one. */
export function whatExperimentLacks(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'everything';
  const missing = Object.keys(resolvedExperiment.shape).find((key) => Reflect.get(value, key) === undefined);
  if (missing !== undefined) return `"${missing}"`;
  // Written otherwise than it is read: with defaults left out, or by a name or a text that stands for it.
  const written = z.looseObject({
    models: z.array(z.looseObject({ preprocess: z.looseObject({ resize: z.unknown() }) })),
    grid: z.looseObject({ epsilon: z.array(z.number()), temperature: z.array(z.number()) }),
    memory: z.number().nullable(),
  });
  const issue = written.safeParse(value).error?.issues[0];
  return issue === undefined ? null : `a resolved "${issue.path.join('.')}"`;
}
