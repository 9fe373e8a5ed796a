import test from 'ava';
import { loweringPresets } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileGrid } from '../../stages/scoring/compile-grid.js';
import {
  compileForward,
  compileMove,
  compileOneShot,
  compilePerturbation,
  compileScoring,
  decideModelParameters,
  type GraphOptions,
} from '../../stages/scoring/compile-passes.js';
import { compileTraining } from '../../stages/scoring/compile-training.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import {
  type Axis,
  type GraphSignature,
  type SignatureKind,
  signatures,
  type TensorSignature,
} from '../../stages/scoring/signature.js';
import { readNetwork } from './golden-network.js';

const batch = 2;
const steps = 3;
const compilers: Readonly<Record<SignatureKind, (model: Model, options: GraphOptions) => Model>> = {
  forward: compileForward,
  move: compileMove,
  perturbation: compilePerturbation,
  scoring: compileScoring,
  oneShot: compileOneShot,
  training: (model, options) => compileTraining(model, { ...options, batch }),
  grid: (model, options) => compileGrid(model, { ...options, batch, steps }),
};

for (const [kind, compile] of Object.entries(compilers))
  test(`a graph of kind ${kind} takes and gives what its signature says, in every precision`, (t) => {
    const model = readNetwork('bottleneck');
    const { channels, height, width, classes } = describeModel(model);
    const sizes: Readonly<Record<Exclude<Axis, 1>, number>> = {
      N: batch,
      C: channels,
      H: height,
      W: width,
      K: classes,
      D: 48,
      L: decideModelParameters(model).parameters.length,
      E: steps,
      E·N: steps * batch,
    };
    const valuesOf = (tensors: Readonly<Record<string, TensorSignature>>) =>
      Object.values(tensors).map(({ name, type, axes }) => ({
        name,
        type,
        dims: axes.map((axis) => (axis === 1 ? 1 : sizes[axis])),
      }));
    const signature: GraphSignature = signatures[kind as SignatureKind];
    for (const [preset, lowerings] of Object.entries(loweringPresets)) {
      const { inputs, outputs } = compile(model, { batch, lowerings }).graph;
      t.deepEqual(inputs, valuesOf(signature.inputs), preset);
      t.deepEqual(outputs, valuesOf(signature.outputs), preset);
      const all = compile(model, { batch, lowerings, features: true, layerNorms: true }).graph;
      t.deepEqual(all.inputs, inputs, preset);
      const [first, ...others] = Object.entries(signature.outputs);
      const named = Object.fromEntries([
        ...(first ? [first] : []),
        ...Object.entries(signature.optional),
        ...others,
      ]);
      t.deepEqual(all.outputs, valuesOf(named), preset);
      const off = compile(model, { batch, lowerings, features: false, layerNorms: false });
      t.deepEqual(encodeModel(off), encodeModel(compile(model, { batch, lowerings })), preset);
    }
  });

test('a grid of slices of ε takes and gives what one of all does', (t) => {
  const { graph } = compileGrid(readNetwork('bottleneck'), { batch, steps, together: 2 });
  const names = (tensors: Readonly<Record<string, TensorSignature>>) =>
    Object.values(tensors).map(({ name }) => name);
  t.deepEqual(
    graph.inputs.map(({ name }) => name),
    names(signatures.grid.inputs),
  );
  t.deepEqual(
    graph.outputs.map(({ name }) => name),
    names(signatures.grid.outputs),
  );
});
