import { readFile } from 'node:fs/promises';
import test from 'ava';
import { decodeModel } from '../../stages/onnx/decode.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { cheapestNorm, multiplicationFloor } from '../../stages/scoring/multiplication-floor.js';

const golden = async (name: string) =>
  decodeModel(await readFile(new URL(`../../../test/golden/${name}.onnx`, import.meta.url)));

test('the norm of a layer costs its product, its Gram form or its shifted Gram form, whichever is least', (t) => {
  const layer = { groups: 1, left: 4, right: 18, positions: 9, shifts: null };
  t.is(cheapestNorm(layer), 4 * 18 * 9);
  t.is(cheapestNorm({ ...layer, left: 40 }), 9 ** 2 * (40 + 18));
  // A 3×3 kernel over 2 channels of 5×5 padded pixels.
  const shifts = { channels: 2, paddedPositions: 25 };
  t.is(cheapestNorm({ ...layer, left: 40, right: 180, shifts }), 25 ** 2 * 2 + 9 ** 2 * 40);
  t.is(cheapestNorm({ ...layer, positions: 1 }), 4 + 18);
});

test('groups divide the product and not the Gram form', (t) => {
  const layer = { groups: 2, left: 4, right: 18, positions: 9, shifts: null };
  t.is(cheapestNorm(layer), 2 * 4 * 18 * 9);
  t.is(cheapestNorm({ ...layer, left: 40, right: 180 }), 9 ** 2 * 2 * (40 + 180));
});

test('scoring needs no cotangent of the image, and none below the first parameter in θ', async (t) => {
  const model = await golden('residual');
  const whole = multiplicationFloor(model);
  t.is(whole.forward, describeModel(model).multiplications);
  t.true(whole.scoring < 2 + whole.norms && whole.scoring > 1.5 + whole.norms);
  const head = multiplicationFloor(model, { parameters: ['role:linear-bias'] });
  t.is(head.norms, 0);
  t.is(head.scoring, 1);
  t.is(head.perturbation, 2);
});

test('scales and shifts alone cost cotangents but no product', async (t) => {
  const { norms, scoring } = multiplicationFloor(await golden('residual'), { parameters: ['role:scale'] });
  t.is(norms, 0);
  t.true(scoring > 1.5 && scoring < 2);
});
