import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { openRecorded } from '../../pipeline/opening/open-run.js';
import { allPlanned } from '../../pipeline/opening/valid-steps.js';
import { metricRows } from '../../pipeline/reduction/result-rows.js';
import { loadLogits } from '../../pipeline/store/load-logits.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { RunFailedError } from '../../stages/errors.js';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { sortScores } from '../../stages/metrics/sorted-scores.js';
import { summarizeLogits } from '../../stages/scoring/log-odds.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { comparable, shardNames } from './command.js';
import { runFile } from './here.js';
import { scoreRows } from './score-rows.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment({ outliers: ['noisy'] });
  for (const logits of [true, false]) {
    await writeExperiment(folder, { outliers: ['noisy'], logits }, `${logits}.json`);
    const { code, err } = await runFile(folder, `${logits}.json`, String(logits));
    t.is(code, 0, err);
  }
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

/** The logits of all images of a run's set, by id. */
async function kept(out: string, set: string): Promise<ReadonlyMap<string, Float32Array>> {
  const run = await openRecorded(runDirectory(join(folder, out)));
  const planned = await allPlanned(run);
  const { rows: manifest, split } = run.sets.find(({ name }) => name === set)!;
  const found = new Map<string, Float32Array>();
  for (const rows of [split.validation, split.test])
    for await (const { row, logits } of loadLogits(run, planned, { model: 'net', set, manifest, rows }))
      found.set(manifest.rows.idAt(row), logits.slice());
  return found;
}

test.serial('the logits of every image are those of the network, by an engine of its own', async (t) => {
  const logits = await kept('true', 'noisy');
  t.is(logits.size, 30);
  const net = await InferenceSession.create(join(folder, 'net.onnx'));
  for (const [image, row] of logits) {
    const pixels = await sharp(join(folder, image)).raw().toBuffer();
    const planes = Float32Array.from({ length: 3 * 576 }, (_, at) => {
      return ((pixels[(at % 576) * 3 + Math.floor(at / 576)] ?? 0) / 255 - 0.5) / 0.25;
    });
    const outputs = await net.run({ [net.inputNames[0]!]: new Tensor('float32', planes, [1, 3, 24, 24]) });
    const expected = outputs[net.outputNames[0]!]!.data as Float32Array;
    t.is(row.length, expected.length);
    for (const [k, value] of row.entries()) t.true(Math.abs(value - expected[k]!) < 1e-4);
  }
});

test.serial('forward scores at any temperature are what the logits give', async (t) => {
  const logits = new Map([...(await kept('true', 'noisy')), ...(await kept('true', 'clean'))]);
  const { rows } = await scoreRows(join(folder, 'true'));
  let compared = 0;
  for (const [key, [predicted, maxLogit, logOdds]] of rows) {
    const [image = '', epsilon, temperature, pass] = key.split(' ');
    if (pass !== 'forward' || epsilon !== '0') continue;
    const row = logits.get(image)!;
    t.deepEqual(summarizeLogits(row, 0, row.length, Number(temperature)), {
      predicted: predicted!,
      maxLogit: maxLogit!,
      logOdds: logOdds!,
    });
    compared += 1;
  }
  t.true(compared >= 60);
});

test.serial(
  'metrics and tables are those of a run without logits, which says that it has none',
  async (t) => {
    const [with_, without] = [
      await comparable(join(folder, 'true')),
      await comparable(join(folder, 'false')),
    ];
    for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow', 'tables/table-5.csv'])
      t.is(with_.get(name), without.get(name), name);
    await t.throwsAsync(kept('false', 'noisy'), {
      instanceOf: RunFailedError,
      message:
        /^logits of model "net" on set "noisy" are missing for 15 of 15 images: finish the run first, or keep them/,
    });
  },
);

test.serial(
  'logits may be kept later: what was scored stays, and only forward passes are added',
  async (t) => {
    const before = await shardNames(join(folder, 'false'));
    const { code, err } = await runFile(folder, 'true.json', 'false');
    t.is(code, 0, err);
    const after = new Set(await shardNames(join(folder, 'false')));
    t.true(before.every((name) => after.has(name)));
    t.deepEqual(await kept('false', 'noisy'), await kept('true', 'noisy'));
  },
);

test.serial(
  'detectors of logits are tabled beside the others, as the logits have it, and need no other pass',
  async (t) => {
    const detectors = ['MSP', 'Energy', 'GEN'];
    await writeExperiment(folder, { outliers: ['noisy'], detectors }, 'logit-detectors.json');
    const { code, err } = await runFile(folder, 'logit-detectors.json', 'logit-detectors');
    t.is(code, 0, err);
    const run = await openRecorded(runDirectory(join(folder, 'logit-detectors')));
    t.true(
      (await allPlanned(run)).every(({ cells, forwardCells }) => cells.length + forwardCells.length === 0),
    );
    const metrics = metricRows.decode(await readFile(join(folder, 'logit-detectors', 'metrics.arrow')));
    const [clean, noisy] = [await kept('logit-detectors', 'clean'), await kept('logit-detectors', 'noisy')];
    for (const name of detectors.slice(1)) {
      const valuesOf = (set: string, logits: ReadonlyMap<string, Float32Array>) => {
        const { rows, split } = run.sets.find((one) => one.name === set)!;
        return Float64Array.from(split.test, (row) =>
          detectorNamed(name).ofLogits!(logits.get(rows.rows.idAt(row))!, 1),
        );
      };
      const expected = aurocAgainst(sortScores(valuesOf('clean', clean)), valuesOf('noisy', noisy));
      t.is(metrics.find((row) => row.detector === name && row.metric === 'auroc')?.value, expected);
    }
  },
);

test.serial('a detector of logits is refused where none are kept', async (t) => {
  await writeExperiment(folder, { detectors: ['Energy'], logits: false }, 'none.json');
  const { code, err } = await runFile(folder, 'none.json', 'none');
  t.is(code, 2);
  t.regex(
    err,
    /none\.json: detectors\[0\]: "Energy" reads logits, but "logits" is false; drop one of the two/,
  );
});
