/** Feeds and frees tensors that stay on a WebGPU device, in a process of its own; prints what happened. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { multiply } from '../../stages/graph/arithmetic.js';
import { GraphBuilder } from '../../stages/graph/builder.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { deviceKind } from '../../workers/devices/index.js';
import { readAll } from '../../workers/engines/engine.js';

const engine = await deviceKind('webgpu').load({ name: 'webgpu', which: null }, 'fp32');

await withTemporaryFolder(async (folder) => {
  const b = new GraphBuilder(1);
  const x = b.input('x', [1, 1, 1000, 1000]);
  b.output('y', multiply(b, x, b.scalar(2)));
  const file = join(folder, 'twice.onnx');
  await writeFile(file, encodeModel(b.finish('twice')));
  const [kept, back] = [
    await engine.open(file, { threads: 1, keepOnDevice: ['y'] }),
    await engine.open(file, { threads: 1 }),
  ];
  const memory: number[] = [];
  const values: number[] = [];
  let refusal = '';
  for (let run = 0; run < 150; run++) {
    const image = {
      type: 'float32',
      dims: [1, 1, 1000, 1000],
      data: new Float32Array(1e6).fill(run),
    } as const;
    const uploaded = await engine.upload(image);
    const { y } = await kept.run({ x: uploaded });
    if (y === undefined) throw new TypeError('no output');
    if (run === 0) refusal = await y.read().then(() => 'none', String);
    const { y: quadruple } = await readAll(await back.run({ x: y }));
    values.push(Number(quadruple?.data[999_999]) - 4 * run);
    uploaded.dispose();
    y.dispose();
    memory.push(process.memoryUsage.rss());
  }
  console.log(
    JSON.stringify({
      wrong: values.filter((value) => value !== 0).length,
      refusal,
      /** Of 2 tensors of 4 MB for each of 100 runs. */
      grown: ((memory.at(-1) ?? 0) - (memory[49] ?? 0)) / 8e8,
    }),
  );
});
// The provider's clean-up at the end of a process is none of this program's business.
process.stdout.write('', () => process.kill(process.pid, 'SIGKILL'));
