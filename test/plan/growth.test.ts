import test from 'ava';
import { checkGrowth } from '../../pipeline/plan/growth.js';
import type { Revision } from '../../pipeline/store/revisions.js';
import { InputError } from '../../stages/errors.js';
import { SCORE_SCHEMA_VERSION } from '../../workers/store/shard-scores.js';
import { revisionOf } from '../store/small-revision.js';

const base = revisionOf(4);
const { experiment } = base;
const scored = { models: new Set(['net']), sets: new Set(['clean', 'O']), lost: null };
const of = (change: Partial<Revision['experiment']>): Revision => ({
  ...base,
  experiment: { ...experiment, ...change },
});
const ofModel = (change: Partial<Revision['experiment']['models'][number]>): Revision =>
  of({ models: experiment.models.map((model) => ({ ...model, ...change })) });

/** What scores were made from, each changed alone. */
const changed: Readonly<Record<string, Revision>> = {
  'the score schema': { ...base, scoreSchema: SCORE_SCHEMA_VERSION + 1 },
  'the engine': { ...base, engine: 'tfjs' },
  '"batchSize"': of({ batchSize: 8 }),
  '"seed"': of({ seed: 1 }),
  '"perturbation"': of({ perturbation: { space: 'normalized' } }),
  '"layerNorms"': of({ layerNorms: true }),
  'the number of ε scored together': of({ stepsTogether: 5 }),
  'the file of model "net" (sha256)': { ...base, models: { net: 'b'.repeat(64) } },
  '"parameters" of model "net"': ofModel({ parameters: ['fc.*'] }),
  '"tie" of model "net"': ofModel({ tie: ['a'] }),
  '"untie" of model "net"': ofModel({ untie: ['a'] }),
  '"literals" of model "net"': ofModel({ literals: ['a'] }),
  '"trainable" of model "net"': ofModel({ trainable: ['a'] }),
  '"output" of model "net"': ofModel({ output: 'logits' }),
  '"size" of model "net"': ofModel({ size: [24, 24] }),
  '"preprocess" of model "net"': ofModel({
    preprocess: { ...experiment.models[0]!.preprocess, interpolation: 'bicubic' },
  }),
  '"validation" of set "clean"': of({ inDomain: { ...experiment.inDomain, validation: 2 } }),
};

for (const [what, next] of Object.entries(changed))
  test(`scores of a run keep it from going on where this has changed, and only those: ${what}`, (t) => {
    const { message } = t.throws(() => checkGrowth([base], next, scored, '/run'), { instanceOf: InputError });
    t.true(message.startsWith(`/run: ${what} was `), message);
    const nothing = { models: new Set<string>(), sets: new Set<string>(), lost: null };
    t.notThrows(() => checkGrowth([base], next, nothing, '/run'));
  });

test('what scores do not depend on may change', (t) => {
  const next = of({
    ...{ detectors: ['MSP'], grid: { epsilon: [0, 0.1], temperature: [1, 5] }, maxBadFraction: 1 },
    ...{ resamplings: { deviation: 9, interval: 9 }, alpha: 0.1, shardSeconds: 9 },
    models: [...experiment.models, { ...experiment.models[0]!, name: 'other', tie: ['a'] }],
  });
  t.notThrows(() => checkGrowth([base], next, scored, '/run'));
});
