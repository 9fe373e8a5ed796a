#!/usr/bin/env node
/**
 * Compares compiled scorers of full-size networks with PyTorch's float64 scores:
 *
 *     node dist/scripts/full-size/check.js FOLDER [--network NAME] [--lowerings PRESET] [--roles]
 *
 * FOLDER is what scripts/full-size/make.py wrote. Prints the largest difference of each output over the images of
 * each cell; `--network` checks one network alone, `--lowerings` compiles by another preset (what is in half precision
 * is rounded as a GPU would), `--roles` also compiles once for each kind of parameter. Exits 1 where one is beyond the
 * tolerance.
 */
import '../../workers/engines/no-telemetry.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Lowerings, loweringPresets } from '../../stages/lowerings/lowerings.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileOneShot, type GraphOptions } from '../../stages/scoring/compile-passes.js';
import { signatures } from '../../stages/scoring/signature.js';
import { roundedBetweenOperations } from '../../workers/parity/rounded.js';
import { feedsNamed } from '../../workers/passes/tensors.js';

const { outputs: named } = signatures.oneShot;

/**
 * What is allowed in each precision. With ε > 0, the few of 150 528 signs that float32 flips move a score by themselves, and the norm of a kind of
 * parameter with a share of 0.1 % more than the whole: PyTorch's float32 loses up to 7e-4 and 8e-3.
 */
const tolerances = {
  single: { plain: 5e-4, perturbed: 2e-3, perturbedRole: 2e-2 },
  half: { plain: 2e-2, perturbed: 2e-2, perturbedRole: 2e-1 },
};

interface ReferenceCell {
  readonly temperature: number;
  readonly epsilon: readonly number[];
  readonly predicted: readonly number[];
  readonly logOdds: readonly number[];
  readonly logS: readonly number[];
  readonly logSG: readonly number[];
  readonly logG: readonly number[];
  readonly logSGByRole: Readonly<Record<string, readonly number[]>>;
  /** What PyTorch loses in float32. */
  readonly float32: { readonly flippedSigns: readonly number[]; readonly logSG: readonly number[] };
}

interface FullSizeReference {
  readonly images: string;
  readonly shape: readonly number[];
  readonly cells: readonly ReferenceCell[];
}

interface Batch {
  readonly pixels: Float32Array;
  readonly dims: readonly number[];
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      network: { type: 'string' },
      lowerings: { type: 'string', default: 'cpu' },
      roles: { type: 'boolean', default: false },
    },
  });
  const [folder] = positionals;
  const lowerings = Object.entries(loweringPresets).find(([name]) => name === values.lowerings)?.[1];
  if (folder === undefined || lowerings === undefined) {
    const presets = Object.keys(loweringPresets).join('|');
    console.error(
      `usage: node dist/scripts/full-size/check.js FOLDER [--network NAME] [--lowerings ${presets}] [--roles]`,
    );
    process.exitCode = 2;
    return;
  }
  let worst = 0;
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
    const network = file.slice(0, -'.onnx'.length);
    if (values.network !== undefined && values.network !== network) continue;
    worst = Math.max(worst, await checkNetwork(folder, network, { lowerings, roles: values.roles }));
  }
  const { plain, perturbed } = tolerances[lowerings.precision];
  console.log(
    `\nlargest difference: ${worst.toFixed(2)} of the tolerance (${plain}, with ε > 0 ${perturbed})`,
  );
  process.exitCode = worst <= 1 ? 0 : 1;
}

/** Prints the rows of one network; the largest difference among them, in units of its tolerance. */
async function checkNetwork(
  folder: string,
  network: string,
  { lowerings, roles }: { readonly lowerings: Lowerings; readonly roles: boolean },
): Promise<number> {
  const reference = JSON.parse(readFileSync(join(folder, `${network}.json`), 'utf8')) as FullSizeReference;
  const bytes = readFileSync(join(folder, reference.images));
  const pixels = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const count = pixels.length / reference.shape.reduce((product, size) => product * size, 1);
  const batch = { pixels, dims: [count, ...reference.shape] };
  const model = decodeModel(readFileSync(join(folder, `${network}.onnx`)));

  console.log(`\n${network}, ${count} images`);
  console.log(
    '     T      ε  classes   log-odds   log S      log SG     log G      PyTorch float32: log SG, signs flipped',
  );
  let worst = 0;
  const allowed = tolerances[lowerings.precision];
  const session = await open(model, { batch: count, lowerings });
  for (const cell of reference.cells) {
    const outputs = await session.run(feeds(batch, cell));
    const differences = [
      largest(outputs[named.logOdds.name], cell.logOdds),
      largest(outputs[named.logS.name], cell.logS),
      largest(outputs[named.logSG.name], cell.logSG),
      largest(outputs[named.logG.name], cell.logG),
    ];
    const equal = largest(outputs[named.predicted.name], cell.predicted) === 0;
    worst = Math.max(
      worst,
      ...differences.map(
        (difference) => difference / (isPerturbed(cell) ? allowed.perturbed : allowed.plain),
      ),
      equal ? 0 : Infinity,
    );
    const columns = differences.map((difference) => difference.toExponential(1).padEnd(11)).join('');
    const { logSG, flippedSigns } = cell.float32;
    const single = `${Math.max(...logSG.map(Math.abs)).toExponential(1)}, ${flippedSigns.join(' + ')}`;
    console.log(`${describe(cell)}  ${equal ? 'equal  ' : 'DIFFER '}   ${columns}${single}`);
  }
  await session.release();
  return roles ? Math.max(worst, await checkRoles(model, reference, batch, lowerings)) : worst;
}

async function checkRoles(
  model: Model,
  reference: FullSizeReference,
  batch: Batch,
  lowerings: Lowerings,
): Promise<number> {
  let worst = 0;
  const allowed = tolerances[lowerings.precision];
  for (const role of Object.keys(reference.cells[0]?.logSGByRole ?? {})) {
    const session = await open(model, { batch: batch.dims[0] ?? 1, lowerings, parameters: [`role:${role}`] });
    for (const cell of reference.cells) {
      const outputs = await session.run(feeds(batch, cell));
      const difference = largest(outputs[named.logSG.name], cell.logSGByRole[role] ?? []);
      worst = Math.max(worst, difference / (isPerturbed(cell) ? allowed.perturbedRole : allowed.plain));
      console.log(`${describe(cell)}  log SG of ${role} alone: ${difference.toExponential(1)}`);
    }
    await session.release();
  }
  return worst;
}

async function open(model: Model, options: GraphOptions): Promise<InferenceSession> {
  const graph = compileOneShot(model, options);
  return InferenceSession.create(
    encodeModel(options.lowerings?.precision === 'half' ? roundedBetweenOperations(graph) : graph),
  );
}

function feeds({ pixels, dims }: Batch, cell: ReferenceCell): Readonly<Record<string, Tensor>> {
  return feedsNamed<'oneShot', Tensor>('oneShot', {
    image: new Tensor('float32', pixels, dims),
    temperature: new Tensor('float32', Float32Array.of(cell.temperature), [1]),
    epsilon: new Tensor('float32', Float32Array.from(cell.epsilon), [cell.epsilon.length]),
  });
}

/** The largest difference between a batch of numbers and the reference; infinite where one is no number. */
function largest(output: Tensor | undefined, expected: readonly number[]): number {
  if (output === undefined) return Infinity;
  const actual = Array.from(output.data as Iterable<number | bigint>, Number);
  return Math.max(
    ...expected.map((value, i) => {
      const difference = Math.abs((actual[i] ?? Number.NaN) - value);
      return Number.isNaN(difference) ? Infinity : difference;
    }),
  );
}

function isPerturbed(cell: ReferenceCell): boolean {
  return cell.epsilon.some((step) => step > 0);
}

function describe(cell: ReferenceCell): string {
  return `${String(cell.temperature).padStart(6)}  ${(isPerturbed(cell) ? '0.002' : '0').padStart(5)}`;
}

await main();
