import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { judge } from '../../pipeline/judge.js';
import { openRecorded } from '../../pipeline/opening/open-run.js';
import { allPlanned } from '../../pipeline/opening/valid-steps.js';
import { preprocess } from '../../pipeline/preprocess.js';
import { readResults } from '../../pipeline/results/stored-results.js';
import { fittedIn } from '../../pipeline/selection/fitted.js';
import { chosenWave } from '../../pipeline/waves/select-cells.js';
import { subjectsOf } from '../../pipeline/waves/subjects.js';
import { writeDetector } from '../../pipeline/write-detector.js';
import { detectorValues } from '../../stages/detectors/detector-values.js';
import { detectors, gradientDetectors } from '../../stages/detectors/index.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { grodinHere } from '../cli/here.js';
import { runFile } from './here.js';
import { sharedExperiment } from './small-experiment.js';

const names = detectors.filter(({ emit }) => emit !== null).map(({ name }) => name);
const outliers = ['noisy', 'dark'];
/** The classifier's own input, of which its files say what makes it. */
const pixels = {
  resize: null,
  interpolation: 'bilinear',
  crop: null,
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
} as const;

let folder: string;

test.before(async (t) => {
  env.wasm.numThreads = 1;
  folder = await sharedExperiment({ images: 60, detectors: names, outliers, alpha: 0.2, shardSeconds: 1 });
  const { code, err } = await runFile(folder, 'experiment.json', 'run');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

/** The finished run and the scores of its test images by set, read once for all detectors. */
async function openFinished() {
  const run = await openRecorded(runDirectory(join(folder, 'run')));
  const { analyses, selection } = await readResults(run);
  const fitted = fittedIn(selection, names);
  const [subject] = subjectsOf(run, await allPlanned(run), chosenWave(run, selection), fitted);
  const sets = new Map<string, ReturnType<NonNullable<typeof subject>['load']>>();
  for (const opened of run.sets) sets.set(opened.name, subject!.load(opened));
  return { run, analyses, subject, sets };
}

let finished: ReturnType<typeof openFinished> | undefined;

/** What the run scored of the test images of a set. */
async function ofRun(detector: string, outlier: string, set: string) {
  finished ??= openFinished();
  const { run, analyses, subject, sets } = await finished;
  const found = analyses.thresholds.findLast((row) => row.detector === detector && row.outlier === outlier)!;
  const opened = run.sets.find(({ name }) => name === set)!;
  const split = (await sets.get(set))!;
  const columns = split.at(found);
  const rule = subject!.detectors.find(({ name }) => name === detector)!;
  return {
    found,
    scores: detectorValues(rule, columns, found),
    predicted: split.at({ epsilon: 0, temperature: 1 }).predicted,
    paths: Array.from(opened.split.test, (row) => opened.rows.rows.pathAt(row)),
  };
}

const known = new Map<string, Promise<Tensor>>();

/** What the classifier is fed of all test images of a set. */
function pixelsOf(set: string, paths: readonly string[]): Promise<Tensor> {
  const found = known.get(set) ?? readPixels(paths);
  known.set(set, found);
  return found;
}

async function readPixels(paths: readonly string[]): Promise<Tensor> {
  const inputs: Float32Array[] = [];
  let dims: readonly number[] = [];
  for await (const image of preprocess(paths, { preprocess: pixels })) {
    if ('error' in image) throw new Error(image.error);
    inputs.push(image.input);
    dims = image.shape;
  }
  const data = new Float32Array(inputs.length * inputs[0]!.length);
  for (const [i, input] of inputs.entries()) data.set(input, i * input.length);
  return new Tensor('float32', data, [inputs.length, ...dims]);
}

/** Single precision, relative to 1 or to the score; a norm of gradients is a sum of many products. */
const tolerance = (name: string, score: number): number =>
  (gradientDetectors.includes(name) ? 2e-4 : 2e-6) * Math.max(1, Math.abs(score));

for (const name of names)
  test(`${name} as a file gives the run's verdicts in another engine, but within rounding of the threshold`, async (t) => {
    let near = 0;
    for (const outlier of outliers) {
      const file = join(folder, `${name}-${outlier}.onnx`);
      await writeDetector(join(folder, 'net.onnx'), file, {
        from: join(folder, 'run'),
        detector: name,
        outliers: outlier,
      });
      const session = await InferenceSession.create(await readFile(file));
      t.deepEqual(session.inputNames, ['image']);
      t.deepEqual([...session.outputNames].sort(), ['is_out_of_domain', 'predicted', 'score']);
      for (const set of ['clean', outlier]) {
        const { found, scores, predicted, paths } = await ofRun(name, outlier, set);
        const given = await session.run({ image: await pixelsOf(set, paths) });
        const [score, verdict, classes] = ['score', 'is_out_of_domain', 'predicted'].map(
          (output) => given[output]!.data as unknown as ArrayLike<number | bigint>,
        );
        t.is(score!.length, paths.length);
        for (const [i, expected] of scores.entries()) {
          const what = `${paths[i]}: ${score![i]} for ${expected}, δ = ${found.threshold}`;
          t.true(Math.abs(Number(score![i]) - expected) <= tolerance(name, expected), what);
          t.is(Number(classes![i]), predicted[i] ?? -1, what);
          if (Math.abs(expected - found.threshold) <= tolerance(name, expected)) near += 1;
          else t.is(Boolean(verdict![i]), expected > found.threshold, what);
        }
      }
    }
    t.true(near <= 4, `${near} images lie within rounding of the threshold`);
  });

for (const name of ['MSP', 'ODIN', 'SG', 'GEN'])
  test(`images judged by ${name} of a run have the run's scores bit by bit, and the rates of its thresholds`, async (t) => {
    for (const set of ['clean', 'dark']) {
      const { found, scores, predicted, paths } = await ofRun(name, 'dark', set);
      const options = { from: join(folder, 'run'), detector: name, outliers: 'dark' };
      let rejected = 0;
      let at = 0;
      for await (const image of judge(join(folder, 'net.onnx'), paths, options)) {
        if ('error' in image) throw new Error(image.error);
        t.deepEqual(image, {
          path: paths[at]!,
          predicted: predicted[at]!,
          score: scores[at]!,
          isOutOfDomain: scores[at]! > found.threshold,
        });
        if (image.isOutOfDomain) rejected += 1;
        at += 1;
      }
      t.is(at, 30);
      t.is(rejected / at, set === 'clean' ? found.inDomainRejected : found.outlierRejected);
    }
  });

async function convolutions(
  t: ExecutionContext,
  name: string,
): Promise<{ nodes: number; signs: number; text: string }> {
  const file = join(folder, `only-${name}.onnx`);
  const from = join(folder, 'run');
  const written = await writeDetector(join(folder, 'net.onnx'), file, {
    from,
    detector: name,
    outliers: 'dark',
  });
  const model = decodeModel(await readFile(file));
  const text = model.metadata.get('grodin.detector') ?? '';
  t.deepEqual(JSON.parse(text), written.detector);
  const { nodes } = model.graph;
  return { nodes: nodes.length, signs: nodes.filter(({ type }) => type === 'Sign').length, text };
}

test('a file holds what its cell needs: no gradients for logits alone, no perturbation at ε = 0', async (t) => {
  const [msp, energy, odin, g] = [
    await convolutions(t, 'MSP'),
    await convolutions(t, 'Energy'),
    await convolutions(t, 'ODIN'),
    await convolutions(t, 'G'),
  ];
  const network = decodeModel(await readFile(join(folder, 'net.onnx'))).graph.nodes.length;
  t.true(
    msp.nodes < network + 40 && energy.nodes < network + 40,
    `${msp.nodes}, ${energy.nodes}, ${network}`,
  );
  t.is(msp.signs, 0);
  const { epsilon } = (await ofRun('ODIN', 'dark', 'dark')).found;
  t.is(odin.signs, epsilon > 0 ? 1 : 0);
  t.true(g.nodes > msp.nodes);
  t.deepEqual(JSON.parse(g.text).preprocess.mean, pixels.mean);
});

test('what does not fit a run is refused with one line', async (t) => {
  const refused = async (args: readonly string[], expected: RegExp): Promise<void> => {
    const { code, err } = await grodinHere(['compile', 'net.onnx', '-o', 'x.onnx', ...args], folder);
    t.is(code, 2, err);
    t.regex(err, expected);
    t.is(err.trim().split('\n').length, 1, err);
  };
  const all = ['--from', 'run', '--detector', 'G', '--outliers', 'dark'];
  await refused(['--from', 'run', '--detector', 'G'], /noisy, dark.*--outliers/);
  await refused(['--from', 'run', '--outliers', 'dark'], /--detector G/);
  await refused([...all, '--layer-norms'], /--layer-norms: with --from/);
  await refused(['--detector', 'G'], /--detector.*--from DIR/);
  await refused(['--from', 'none', '--detector', 'G'], /none.*holds no run/);
  await refused(
    ['--from', 'run', '--detector', 'G', '--outliers', 'other'],
    /no outlier set other; it has noisy, dark/,
  );
  await refused([...all, '--model-name', 'other'], /no model other; it has net/);
  const other = join(folder, 'other.onnx');
  await copyFile(fileURLToPath(new URL('../../../test/golden/grouped.onnx', import.meta.url)), other);
  const { code, err } = await grodinHere(['compile', other, '-o', 'x.onnx', ...all], folder);
  t.is(code, 2, err);
  t.regex(err, /is none of the models of run.*net/);
});
