import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import type { Model } from '../../stages/onnx/model.js';
import { compile } from './graph.js';

/** Declares a test that a model is refused with exactly one line. */
export function refuses(what: string, model: Model, message: string): void {
  test(`${what} is refused, naming operation and node`, (t) => {
    const error = t.throws(() => compile(model), { instanceOf: ModelError });
    t.is(error.message, message);
  });
}
