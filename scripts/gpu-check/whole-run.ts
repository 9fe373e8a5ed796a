#!/usr/bin/env node
/**
 * Shows whether a device gives the CPU's tables: runs the micro-benchmark on both, the test images once more on the
 * device at the CPU's choices, and compares. Needs nothing but Node.js and what is built. After an interruption the
 * same command continues.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join, parse } from 'node:path';
import { writeMicroBenchmark } from '../../manifests/micro-benchmark/write.js';
import { writeOutput } from '../../manifests/output/output-file.js';
import { exitCodes } from '../../pipeline/cli/exit-codes.js';
import { positiveNumber } from '../../pipeline/cli/options/numbers.js';
import { packageVersion } from '../../pipeline/store/package-version.js';
import { InterruptedError } from '../../stages/errors.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { runScript, scriptProgram } from '../script-program.js';
import { gpuNames } from './gpu-names.js';

import { RunRecord } from './run-record.js';
import { type WholeRunStep, wholeRunSteps } from './whole-run-steps.js';

interface WholeRunOptions {
  readonly device: string;
  readonly out: string;
  readonly folder: string;
  readonly seconds?: number;
  readonly quick?: true;
  readonly experiment?: string;
}

process.exitCode = await runScript(
  scriptProgram(
    'whole-run',
    "Show whether a device gives the CPU's tables: run the micro-benchmark on both, score its test images once more on the " +
      "device at the CPU's choices, twice, and compare scores, choices, tables and bytes.",
  )
    .option('--device <device>', 'what is compared with the CPU', 'cuda:0')
    .requiredOption('--out <dir>', 'a folder for Markdown, tables and logs, written as they come')
    .option('--folder <dir>', 'where the images and the runs are kept', join('results', 'whole-run'))
    .option('--seconds <n>', 'begin nothing after so long, and stop what runs then', positiveNumber)
    .option('--quick', 'a grid of 9 cells and few resamplings, to see whether it runs at all')
    .option('--experiment <file>', 'run another experiment than the micro-benchmark')
    .addHelpText(
      'after',
      '\nExit codes: 0 equal within the tolerances, 1 not, or a step failed, 2 bad usage, 75 time was up.',
    )
    .action(wholeRun),
);

async function wholeRun(options: WholeRunOptions): Promise<void> {
  const { device, out, folder, seconds = Number.POSITIVE_INFINITY } = options;
  const end = performance.now() + seconds * 1000;
  await mkdir(out, { recursive: true });
  const record = new RunRecord(out, await heading());
  const data = join(folder, 'data');
  const experiment =
    options.experiment ?? join(data, options.quick === true ? 'quick.json' : 'experiment.json');
  const steps: readonly WholeRunStep[] = [
    ...(options.experiment === undefined ? [imagesStep(data)] : []),
    // Each experiment has a folder of its own: a run that grew would have copies that did not.
    ...wholeRunSteps({ device, experiment, folder: join(folder, parse(experiment).name), record }),
  ];
  for (const { name, do: work } of steps) {
    const start = performance.now();
    const took = (): number => (performance.now() - start) / 1000;
    console.error(`${name} …`);
    try {
      const left = (end - start) / 1000;
      if (left <= 0) throw new InterruptedError('not begun, time was up; give the same command again');
      const { outcome, findings = [], failed = false } = await work(left);
      console.error(`  ${outcome}, ${took().toFixed(1)} s`);
      await record.add({ step: name, seconds: took(), outcome, findings });
      if (failed) process.exitCode = exitCodes.failed;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const isUp = error instanceof InterruptedError;
      const outcome = isUp ? 'time was up' : 'failed';
      await record.add({ step: name, seconds: took(), outcome, findings: [message] });
      if (!isUp) throw error;
      console.error(`  ${message}`);
      process.exitCode = exitCodes.interrupted;
      return;
    }
  }
}

function imagesStep(data: string): WholeRunStep {
  return {
    name: 'images of the micro-benchmark',
    do: async () => {
      const { images, written, experiment } = await writeMicroBenchmark(data);
      await writeOutput(
        join(data, 'quick.json'),
        quickVersion(await readFile(experiment, 'utf8')),
        async () => {},
      );
      return { outcome: `${images} images, ${written} files written` };
    },
  };
}

/** The same networks and images over a grid that takes seconds. */
function quickVersion(experiment: string): string {
  const changed = {
    ...JSON.parse(experiment),
    grid: { epsilon: [0, 0.001, 0.004], temperature: [1, 10, 1000] },
    resamplings: { deviation: 20, interval: 40 },
  };
  return `${JSON.stringify(changed, null, 2)}\n`;
}

async function heading(): Promise<readonly string[]> {
  return [
    ...(await gpuNames()).map((line) => `- ${line}`),
    `- ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`,
    `- grodin ${await packageVersion()}, Node ${process.versions.node}, ONNX Runtime ${onnxRuntimeCpu.version}`,
    `- \`${['node dist/scripts/gpu-check/whole-run.js', ...process.argv.slice(2)].join(' ')}\``,
  ];
}
