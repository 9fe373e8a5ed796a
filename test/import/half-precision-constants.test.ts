import test from 'ava';
import { encodeModel } from '../../stages/onnx/encode.js';
import { fromHalfBits, toHalfBits } from '../../stages/onnx/float16.js';
import { elementTypeCodes, type Model, type Tensor } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { around, floats, integers, node } from '../operations/graph.js';
import { refuses } from '../operations/refusal.js';

type Half = 'float16' | 'bfloat16';

const scorer = (model: Model): Uint8Array => encodeModel(compileOneShot(model));
const weights = floats([2, 4, 1, 1], [0.1, -0.2, 0.3, 1e-6, 5, -6.1, 1 / 3, 0]).data as Float32Array;

/** The bits of numbers in half precision; bfloat16 is cut, not rounded. */
function halves(type: Half): Uint16Array {
  if (type === 'float16') return Uint16Array.from(weights, toHalfBits);
  return Uint16Array.from(new Uint32Array(weights.buffer), (bits) => bits >>> 16);
}

const half = (type: Half): Tensor => ({
  type,
  dims: [2, 4, 1, 1],
  data: new Uint8Array(halves(type).buffer),
});

function single(type: Half): Tensor {
  const bits = halves(type);
  const value = (at: number) =>
    type === 'float16'
      ? fromHalfBits(bits[at]!)
      : new DataView(Uint16Array.of(0, bits[at]!).buffer).getFloat32(0, true);
  return floats([2, 4, 1, 1], weights.map((_, at) => value(at)) as unknown as number[]);
}

const to = (type: 'float32' | 'float64' | Half | 'int64') => ({ to: { int: elementTypeCodes[type] } });

for (const type of ['float16', 'bfloat16'] as const) {
  const plain = scorer(around([node('Conv', ['x', 'w'])], { w: single(type) }));

  test(`weights of type ${type} score as the same numbers in float32, with Casts around them or without`, (t) => {
    for (const model of [
      around([node('Conv', ['x', 'w'])], { w: half(type) }),
      around([node('Cast', ['w'], to('float32'), ['wide']), node('Conv', ['x', 'wide'])], { w: half(type) }),
      around([node('Constant', [], { value: { tensor: half(type) } }, ['w']), node('Conv', ['x', 'w'])]),
      around(
        [
          node('Cast', ['x'], to(type), ['low']),
          node('Conv', ['low', 'w'], {}, ['high']),
          node('Cast', ['high'], to('float32')),
        ],
        { w: half(type) },
      ),
    ])
      t.deepEqual(scorer(model), plain);
  });

  test(`a network that takes images of type ${type} takes them in float32`, (t) => {
    const model = around([node('Conv', ['x', 'w'])], { w: half(type) });
    const inputs = model.graph.inputs.map((input) => ({ ...input, type }));
    t.deepEqual(scorer({ ...model, graph: { ...model.graph, inputs } }), plain);
  });
}

test('what is known of a network tells how many of its constants were in half precision', (t) => {
  const { notes } = describeModel(around([node('Conv', ['x', 'w'])], { w: half('float16') }));
  t.deepEqual(notes, ['1 of its constants are in half precision: scores are computed with them in float32']);
});

refuses(
  'a Cast to integers of what depends on the image',
  around([node('Cast', ['x'], to('int64'))]),
  'operation Cast, node node1: it makes int64 of what is computed from the image, which has no derivative; compute in floating-point numbers, with mask.float().sum() to count, and torch.floor to cut off',
);

refuses(
  'a weight of integers',
  around([node('Conv', ['x', 'w'])], { w: integers([1, 2, 3, 4], [1, 4, 1, 1]) }),
  'operation Conv, node node1: input 1 is of type int64; only float32 networks can be scored: export the model in float32',
);
