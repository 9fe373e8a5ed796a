import test from 'ava';
import { cpuLowerings } from '../../stages/lowerings/lowerings.js';
import type { Engine } from '../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { largestDeviation } from '../../workers/parity/deviation.js';
import { measureParity } from '../../workers/parity/measure.js';
import { tolerances } from '../../workers/parity/tolerance.js';

const cell = {
  temperature: 1,
  epsilon: [0],
  predicted: [1],
  logits: [[-1, 2]],
  logOdds: [-3],
  logS: [-0.05],
  logSG: [-7],
  logG: [-6.9],
  logSGByRole: {},
};
const exact = { ...cell, logits: cell.logits };

test('what float64 says is no deviation', (t) => {
  t.is(largestDeviation(cell, exact, tolerances.fp32).share, 0);
});

for (const [what, wrong] of [
  ['log SG', { logSG: [-7.001] }],
  ['log G', { logG: [-6.8985] }],
  ['log-odds', { logOdds: [-3.001] }],
  ['log S', { logS: [-0.051] }],
  ['logit 0', { logits: [[-1.001, 2]] }],
  ['predicted class', { predicted: [0] }],
  ['log SG', { logSG: [Number.NaN] }],
  ['log G', { logG: [] }],
] as const)
  test(`an error of ${what} in the fourth digit (${JSON.stringify(wrong)}) is more than single precision is allowed`, (t) => {
    const found = largestDeviation(cell, { ...exact, ...wrong }, tolerances.fp32);
    t.true(found.what.startsWith(`${what} of image 0 at T 1`), found.what);
    t.true(found.share > 1, String(found.share));
  });

test('half precision is allowed the third digit, and no more', (t) => {
  const share = (logSG: number) =>
    largestDeviation(cell, { ...exact, logSG: [logSG] }, tolerances.fp16).share;
  t.true(share(-7.05) <= 1);
  t.true(share(-7.3) > 1);
});

/** The CPU, but for one number that is written over in every scoring pass. */
function falsified(output: string, change: (value: number) => number): Engine {
  return {
    ...onnxRuntimeCpu,
    open: async (file, options) => {
      const session = await onnxRuntimeCpu.open(file, options);
      const run: typeof session.run = async (feeds) => {
        const outputs = await session.run(feeds);
        const found = outputs[output];
        if (found === undefined) return outputs;
        const { dims, data } = await found.read();
        const values = Float32Array.from(Array.from(data, Number).map(change));
        const changed = await onnxRuntimeCpu.upload({ type: 'float32', dims, data: values });
        return { ...outputs, [output]: changed };
      };
      return { ...session, run };
    },
  };
}

test('a device whose log SG is off by a thousandth is found out, one that is right is not', async (t) => {
  const options = { lowerings: cpuLowerings, threads: 1, tolerance: tolerances.fp32 };
  t.true((await measureParity(onnxRuntimeCpu, 'softmax', options)).worst.share < 1);
  const { worst } = await measureParity(
    falsified('log_sg', (value) => value + 1e-3),
    'softmax',
    options,
  );
  t.true(worst.share > 1);
  t.regex(worst.what, /^log SG of image \d+ at T /);
});
