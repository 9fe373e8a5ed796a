import test from 'ava';
import { signatures, type TensorSignature } from '../../stages/scoring/signature.js';
import type { Engine, EngineTensor, HostTensor } from '../../workers/engines/engine.js';
import { openGrid, openPasses } from '../../workers/passes/open.js';

const batch = 2;
const classes = 3;
const images: HostTensor = { type: 'float32', dims: [batch, 1, 1, 2], data: Float32Array.of(1, 2, 3, 4) };

/** An engine that takes down its calls, and what of it is still held or open. */
interface Recorded {
  readonly engine: Engine;
  readonly calls: string[];
  readonly alive: Set<EngineTensor>;
  readonly open: Set<string>;
}

interface Behaviour {
  /** The graph that can't be opened. */
  readonly broken?: string;
  /** Called by a run. */
  readonly onRun?: (file: string) => void;
  /** What outputs are instead. */
  readonly change?: (name: string, tensor: HostTensor) => HostTensor | undefined;
}

function recorded({ broken, onRun, change = (_, tensor) => tensor }: Behaviour = {}): Recorded {
  const calls: string[] = [];
  const alive = new Set<EngineTensor>();
  const open = new Set<string>();
  const held = (host: HostTensor): EngineTensor => {
    const tensor: EngineTensor = {
      dims: host.dims,
      read: async () => {
        if (!alive.has(tensor)) throw new Error('read after it was disposed of');
        return host;
      },
      dispose: () => alive.delete(tensor),
    };
    alive.add(tensor);
    return tensor;
  };
  const outputsOf = (kind: string, count: number): Record<string, EngineTensor> => {
    const { outputs } = signatures[kind as 'scoring'] as { outputs: Record<string, TensorSignature> };
    const made = Object.values(outputs).map(({ name, type, axes }): [string, HostTensor] => {
      const dims = axes.length === 1 ? [count] : axes.length === 2 ? [count, classes] : [...images.dims];
      const length = dims.reduce((product, size) => product * size, 1);
      const data =
        type === 'int64'
          ? BigInt64Array.from({ length }, (_, at) => BigInt(at))
          : Float32Array.from({ length }, (_, at) => at);
      return [name, { type, dims, data }];
    });
    const changed = made.flatMap(([name, tensor]): [string, EngineTensor][] => {
      const other = change(name, tensor);
      return other === undefined ? [] : [[name, held(other)]];
    });
    return Object.fromEntries(changed);
  };
  return {
    calls,
    alive,
    open,
    engine: {
      name: 'fake',
      version: '1',
      provider: 'fake',
      upload: async (tensor) => {
        calls.push(`upload [${tensor.dims}]`);
        return held(tensor);
      },
      open: async (file, { keepOnDevice = [] }) => {
        if (file === broken) throw new Error(`${file} can not be opened`);
        calls.push(`open ${file}, keep [${keepOnDevice}]`);
        open.add(file);
        return {
          run: async (feeds) => {
            for (const tensor of Object.values(feeds))
              if (!alive.has(tensor)) throw new Error('fed after it was disposed of');
            calls.push(`run ${file} ${Object.keys(feeds).sort()}`);
            onRun?.(file);
            return outputsOf(file, batch * (file === 'grid' ? (feeds.epsilon?.dims[0] ?? 1) : 1));
          },
          dispose: async () => {
            open.delete(file);
          },
        };
      },
    },
  };
}

const files = { perturbation: 'perturbation', scoring: 'scoring' };
const options = { threads: 1 };

test('a batch goes to the device once, and one direction serves every step of its temperature', async (t) => {
  const { engine, calls, alive, open } = recorded();
  const passes = await openPasses(engine, files, options);
  await passes.withBatch(images, async (held) => {
    const direction = await held.perturb(10);
    for (const step of [0.1, 0.2]) await held.score(direction, [step], 10);
  });
  t.deepEqual(calls, [
    'open perturbation, keep [direction]',
    'open scoring, keep []',
    'upload [2,1,1,2]',
    'upload [1]',
    'run perturbation image,temperature',
    'upload [1]',
    'run scoring direction,epsilon,image,temperature',
    'upload [1]',
    'run scoring direction,epsilon,image,temperature',
  ]);
  t.is(alive.size, 0);
  await passes.dispose();
  t.is(open.size, 0);
});

test('scores have the type and length that the signature says, and logits their number of classes', async (t) => {
  const { engine } = recorded();
  const passes = await openPasses(engine, files, options);
  const scores = await passes.withBatch(images, async (held) => held.score(await held.stand(), [0], 1));
  t.is(scores.classes, classes);
  t.deepEqual(scores.logits, Float32Array.of(0, 1, 2, 3, 4, 5));
  t.deepEqual(scores.predicted, BigInt64Array.of(0n, 1n));
  t.deepEqual(scores.logNorm, Float32Array.of(0, 1));
});

test('the direction of ε = 0 is zero, and no pass is run for it', async (t) => {
  const { engine, calls } = recorded();
  const passes = await openPasses(engine, files, options);
  await passes.withBatch(images, async (held) => {
    const direction = await held.stand();
    t.is(direction.temperature, null);
    t.deepEqual(await held.read(direction), new Float32Array(4));
  });
  t.false(calls.some((call) => call.startsWith('run')));
});

test('a new direction takes the place of the one before, which is refused from then on', async (t) => {
  const { engine, alive } = recorded();
  const passes = await openPasses(engine, files, options);
  await passes.withBatch(images, async (held) => {
    const first = await held.perturb(1);
    const before = alive.size;
    const { direction, logits } = await held.perturbWithLogits(2);
    t.is(direction.temperature, 2);
    t.is(logits.length, batch * classes);
    t.is(alive.size, before);
    await t.throwsAsync(held.score(first, [0.1], 1), {
      instanceOf: TypeError,
      message: 'this direction was released: a batch keeps only the one that was found last',
    });
    await t.notThrowsAsync(held.score(direction, [0.1], 1));
  });
});

test('a pass that throws leaves nothing on the device', async (t) => {
  for (const failing of ['perturbation', 'scoring']) {
    const onRun = (file: string): void => {
      if (file === failing) throw new Error('out of memory');
    };
    const { engine, alive } = recorded({ onRun });
    const passes = await openPasses(engine, files, options);
    const work = passes.withBatch(images, async (held) => held.score(await held.perturb(1), [0.1], 1));
    await t.throwsAsync(work, { message: 'out of memory' });
    t.is(alive.size, 0, failing);
  }
});

test('an output that is missing or of another type is named, and nothing stays on the device', async (t) => {
  const wrong: HostTensor = { type: 'int64', dims: [batch], data: new BigInt64Array(batch) };
  for (const [instead, message] of [
    [undefined, 'the compiled graph has no output log_norm'],
    [wrong, 'output log_norm of the compiled graph is not float32'],
  ] as const) {
    const change = (name: string, tensor: HostTensor) => (name === 'log_norm' ? instead : tensor);
    const { engine, alive } = recorded({ change });
    const passes = await openPasses(engine, files, options);
    const work = passes.withBatch(images, async (held) => held.score(await held.stand(), [0], 1));
    await t.throwsAsync(work, { instanceOf: TypeError, message });
    t.is(alive.size, 0);
  }
});

test('several ε score together, each with its own part of the scores', async (t) => {
  const { engine, calls, alive } = recorded();
  const passes = await openGrid(engine, 'grid', 3, options);
  t.is(passes.stepsTogether, 3);
  await passes.withBatch(images, async (held) => {
    const scores = await held.scoreGrid([[0], [0.1], [0.2]], 5);
    t.deepEqual(
      scores.map(({ logNorm }) => [...logNorm]),
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    );
    t.deepEqual([...(scores[2]?.logits ?? [])], [12, 13, 14, 15, 16, 17]);
    t.is((await held.scoreGrid([[0.1]], 5)).length, 1);
    await t.throwsAsync(held.scoreGrid([[0], [0.1]], 5), {
      instanceOf: RangeError,
      message: 'got 2 ε for a graph that scores 3 together; give it 3, or 1',
    });
  });
  t.deepEqual(calls.slice(1, 5), [
    'upload [2,1,1,2]',
    'upload [1]',
    'upload [3,1]',
    'run grid epsilon,image,temperature',
  ]);
  t.is(alive.size, 0);
});

test('a pass that a model has no graph for is refused', async (t) => {
  const { engine } = recorded();
  const [passes, grid] = [
    await openPasses(engine, files, options),
    await openGrid(engine, 'grid', 3, options),
  ];
  await passes.withBatch(images, async (held) => {
    await t.throwsAsync(held.scoreGrid([[0]], 1), { instanceOf: TypeError, message: /one ε in each pass/ });
    await t.throwsAsync(held.forward(), { instanceOf: TypeError, message: /forward pass was not compiled/ });
  });
  await grid.withBatch(images, async (held) => {
    await t.throwsAsync(held.perturb(1), { instanceOf: TypeError, message: /several ε in one run/ });
  });
});

test('where one of two graphs can not be opened, the other is closed', async (t) => {
  const { engine, open } = recorded({ broken: 'scoring' });
  await t.throwsAsync(openPasses(engine, files, options), { message: 'scoring can not be opened' });
  t.is(open.size, 0);
});

test('directions that are to be read do not stay on the device', async (t) => {
  const { engine, calls } = recorded();
  await openPasses(engine, files, { ...options, readsDirections: true });
  t.is(calls[0], 'open perturbation, keep []');
});
