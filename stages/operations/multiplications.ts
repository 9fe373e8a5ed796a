import { scaleOfNormalization, turnOfRotation, weightOfSampling } from '../import/multiplications.js';
import { mul } from './mul.js';
import type { Operation } from './operation.js';

/** γ · x̂: like that of any normalisation, γ is a parameter whatever its size, and wherever in the network. */
const normalizationScale: Operation = {
  ...mul,
  type: scaleOfNormalization,
  slots: { 1: { parameter: 'scale' } },
  weighted: true,
};

/** What keeps cosines and sines of places is a buffer of its module, and none of its parameters. */
export const rotationTable = 'a table of cosines or sines that RotaryEmbedding turns by';

/** a · cos or a · sin. */
export const rotationTurn: Operation = {
  ...mul,
  type: turnOfRotation,
  slots: { 1: { parameter: 'scale' } },
  literal: rotationTable,
};

/** Weights of corners around the places that a constant grid reads. */
const sampled: Operation = {
  ...mul,
  type: weightOfSampling,
  slots: { 1: { parameter: 'scale' } },
  literal: 'weights of a fixed sampling grid',
};

/** Products that mean more than a `Mul`, by the types that nodes of files have not. */
export const multiplications: ReadonlyMap<string, Operation> = new Map(
  [normalizationScale, rotationTurn, sampled].map((operation): [string, Operation] => [
    operation.type,
    operation,
  ]),
);
