#!/usr/bin/env node
/**
 * Holds features and heads of torchvision's families to PyTorch's float64:
 *
 *     node dist/scripts/heads/check.js FOLDER
 *
 * FOLDER is what scripts/heads/make.py wrote. Prints, in parts of the largest number, how far features are from what the
 * last layer got in PyTorch, and logits from features·Wᵀ + b. Exits 1 where either is beyond 5e-6, or a head is found of a
 * network that has none, or none of one that has.
 */
import '../../workers/engines/no-telemetry.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { record } from '../../stages/differentiation/tape.js';
import { ModelError } from '../../stages/errors.js';
import { findHead } from '../../stages/features/find-head.js';
import { type HeadNumbers, headNumbers } from '../../stages/features/head-numbers.js';
import { GraphBuilder } from '../../stages/graph/builder.js';
import { findClassifier } from '../../stages/import/classifier.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileForward } from '../../stages/scoring/compile-passes.js';

const tolerance = 5e-6;

interface Reference {
  /** [N, C, H, W] */
  readonly shape: readonly number[];
  readonly images: readonly number[];
  /** [N, D], or null where no linear layer gives the logits. */
  readonly features: readonly (readonly number[])[] | null;
}

async function main(): Promise<void> {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    console.error('usage: node dist/scripts/heads/check.js FOLDER');
    process.exitCode = 2;
    return;
  }
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
    const reference = JSON.parse(
      readFileSync(join(folder, file.replace(/-\w+\.onnx$/, '.json')), 'utf8'),
    ) as Reference;
    const { isRight, text } = await check(decodeModel(readFileSync(join(folder, file))), reference);
    console.log(`${isRight ? '' : 'WRONG '}${file}: ${text}`);
    if (!isRight) process.exitCode = 1;
  }
}

interface Finding {
  readonly isRight: boolean;
  readonly text: string;
}

async function check(model: Model, { shape, images, features: expected }: Reference): Promise<Finding> {
  const head = headOf(model);
  if (typeof head === 'string') return { isRight: expected === null, text: head };
  const session = await InferenceSession.create(encodeModel(compileForward(model, { features: true })));
  const outputs = await session.run({ image: new Tensor('float32', Float32Array.from(images), shape) });
  await session.release();
  const [features, logits] = [floatsOf(outputs.features), floatsOf(outputs.logits)];
  const read = farFrom(features, expected?.flat() ?? []);
  const made = farFrom(logits, productOf(features, head));
  return {
    isRight: expected !== null && read <= tolerance && made <= tolerance,
    text: `D ${head.size}, features ${read.toExponential(1)}, logits ${made.toExponential(1)}`,
  };
}

/** The head, or why there is none. */
function headOf(model: Model): HeadNumbers | string {
  const classifier = findClassifier(model);
  const { channels, height, width } = classifier;
  const b = new GraphBuilder(null);
  const tape = record(b, model, classifier, b.input('image', ['N', channels, height, width]));
  try {
    return headNumbers(findHead(tape));
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
}

/** features·Wᵀ + b */
function productOf(features: Float32Array, { classes, size, weight, bias }: HeadNumbers): number[] {
  const images = features.length / size;
  return Array.from({ length: images * classes }, (_, at) => {
    const [n, k] = [Math.floor(at / classes), at % classes];
    let sum = bias[k] ?? 0;
    for (let d = 0; d < size; d += 1) sum += (features[n * size + d] ?? 0) * (weight[k * size + d] ?? 0);
    return sum;
  });
}

function floatsOf(output: Tensor | undefined): Float32Array {
  return output?.data instanceof Float32Array ? output.data : new Float32Array();
}

/** The largest difference, in parts of the largest number; infinite where there are not as many. */
function farFrom(actual: Float32Array, expected: readonly number[]): number {
  if (actual.length !== expected.length || expected.length === 0) return Number.POSITIVE_INFINITY;
  const differences = expected.map((value, at) => Math.abs(value - (actual[at] ?? Number.NaN)));
  return Math.max(...differences) / Math.max(...expected.map(Math.abs));
}

await main();
