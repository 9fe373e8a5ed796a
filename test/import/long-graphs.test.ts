import test from 'ava';
import { graphMemory } from '../../stages/graph/graph-memory.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { floats, integers, modelOf, node, type WrittenNode } from '../operations/graph.js';

/** A linear classifier behind some nodes that make `x` of `image`, [N, 3, 4, 4]. */
function before(nodes: readonly WrittenNode[], initializers = {}): Model {
  return modelOf({
    nodes: [...nodes, node('Flatten', ['x'], {}, ['flat']), node('MatMul', ['flat', 'W'], {}, ['logits'])],
    initializers: { W: floats([48, 5]), ...initializers },
    image: [3, 4, 4],
  });
}

/** From `image` to `x` by a chain of nodes. */
function chain(length: number, link: (from: string, to: string) => WrittenNode): WrittenNode[] {
  const name = (index: number) => (index === 0 ? 'image' : index === length ? 'x' : `t${index}`);
  return Array.from({ length }, (_, index) => link(name(index), name(index + 1)));
}

// What takes the square of these numbers takes minutes.
const long = 20_000;

const graphs: Readonly<Record<string, () => Model>> = {
  'a chain of Relu': () => before(chain(long, (from, to) => node('Relu', [from], {}, [to]))),
  'a value that many nodes read': () =>
    before(chain(long, (from, to) => node('Add', [from, 'image'], {}, [to]))),
  'a parameter that many nodes read': () =>
    before(
      [
        node('Conv', ['image', 'K'], {}, ['t0']),
        ...chain(long, (from, to) => node('Add', [from === 'image' ? 't0' : from, 'b'], {}, [to])),
      ],
      { K: floats([3, 3, 1, 1]), b: floats([3, 1, 1]) },
    ),
  'a chain of Relu and MaxPool': () =>
    before(
      chain(long, (from, to) =>
        from === 'image' || Number(from.slice(1)) % 2 === 0
          ? node('Relu', [from], {}, [to])
          : node('MaxPool', [from], { kernel_shape: { ints: [1, 1] } }, [to]),
      ),
    ),
  'a Concat of many inputs': () =>
    modelOf({
      nodes: [
        node('Concat', new Array<string>(long).fill('image'), { axis: { int: 1 } }, ['x']),
        node('GlobalAveragePool', ['x'], {}, ['p']),
        node('Flatten', ['p'], {}, ['flat']),
        node('MatMul', ['flat', 'W'], {}, ['logits']),
      ],
      initializers: { W: floats([3 * long, 2]) },
      image: [3, 4, 4],
    }),
  'a weight in many layers': () =>
    modelOf({
      nodes: [
        node('Flatten', ['image'], {}, ['flat']),
        node('MatMul', ['flat', 'W'], {}, ['m0']),
        ...Array.from({ length: 5000 }, (_, index) =>
          node('MatMul', [`m${index}`, 'S'], {}, [index === 4999 ? 'logits' : `m${index + 1}`]),
        ),
      ],
      initializers: { W: floats([48, 5]), S: floats([5, 5]) },
      image: [3, 4, 4],
    }),
};
for (const [what, graph] of Object.entries(graphs))
  test(`${what} is compiled, written and planned in linear time`, (t) => {
    const compiled = compileOneShot(graph(), { batch: 1 });
    t.true(graphMemory(compiled, 1).imageBytes > 0);
    t.true(encodeModel(compiled).length > 0);
  });

test('tied parameters are told from each other in linear time', (t) => {
  const model = before(
    chain(5000, (from, to) => node('Conv', [from, `K${to}`], {}, [to])),
    Object.fromEntries(
      chain(5000, (_, to) => node('Conv', [], {}, [to])).map(({ outputs }, index) => [
        `K${outputs[0]}`,
        floats(
          [3, 3, 1, 1],
          Array.from({ length: 9 }, (__, at) => (index % 2) + at),
        ),
      ]),
    ),
  );
  t.notThrows(() => compileOneShot(model, { tie: ['K*'], untie: ['W'] }));
});

test('25 000 nodes in a row are walked without recursion, before, at and behind the logits and on a weight', (t) => {
  // About twice as deep as calls of the smallest functions can be.
  const deep = 25_000;
  t.notThrows(() => compileOneShot(before(chain(deep, (from, to) => node('Identity', [from], {}, [to])))));
  const behind = Array.from({ length: deep }, (_, index) =>
    node('Identity', [index === 0 ? 'h' : `i${index}`], {}, [
      index === deep - 1 ? 'logits' : `i${index + 1}`,
    ]),
  );
  const shapes = Array.from({ length: deep }, (_, index) =>
    node('Reshape', [index === 0 ? 'W' : `w${index}`, 's'], {}, [`w${index + 1}`]),
  );
  const model = modelOf({
    nodes: [
      ...shapes,
      node('Flatten', ['image'], {}, ['flat']),
      node('MatMul', ['flat', 'W'], {}, ['a']),
      node('MatMul', ['flat', `w${deep}`], {}, ['b']),
      node('Add', ['a', 'b'], {}, ['h']),
      ...behind,
    ],
    initializers: { W: floats([48, 5]), s: integers([48, 5]) },
    image: [3, 4, 4],
  });
  t.notThrows(() => compileOneShot(model));
});
