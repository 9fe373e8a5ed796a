import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from '../../manifests/output/file-system.js';
import { GrodinError } from '../../stages/errors.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { compareRuns } from '../compare-runs/compare.js';
import { prepareCopy } from '../compare-runs/prepare.js';
import { comparisonReport, summary } from '../compare-runs/report.js';
import { compareShardFiles, shardFilesText } from '../compare-runs/shard-files.js';
import { runGrodin } from './run-child.js';
import type { RunRecord } from './run-record.js';

/** What a step left. */
interface StepResult {
  readonly outcome: string;
  readonly findings?: readonly string[];
  /** Whether what was to be shown does not hold. */
  readonly failed?: boolean;
}

/** One step; each needs what those before it made. */
export interface WholeRunStep {
  readonly name: string;
  /** @param seconds that are left for it and all that follow */
  readonly do: (seconds: number) => Promise<StepResult>;
}

/** What is run where. */
export interface WholeRun {
  readonly device: string;
  /** The experiment file. */
  readonly experiment: string;
  /** Where the runs lie. */
  readonly folder: string;
  readonly record: RunRecord;
}

/**
 * The steps that show whether a device gives the CPU's tables: a run on each, and twice the test images on the device at
 * the CPU's choices, by two processes.
 */
export function wholeRunSteps(whole: WholeRun): readonly WholeRunStep[] {
  const { device, folder } = whole;
  const at = (name: string): string => join(folder, name);
  const atChoices = (name: string): WholeRunStep => ({
    name: `test images on ${device} at the CPU's choices (${name})`,
    do: async (seconds) => {
      if (!(await isThere(at(name)))) await prepareCopy(at('cpu'), at(name));
      return run(whole, name, device, seconds);
    },
  });
  return [
    { name: `run on ${device} (device)`, do: (seconds) => run(whole, 'device', device, seconds) },
    { name: 'run on cpu (cpu)', do: (seconds) => run(whole, 'cpu', 'cpu', seconds) },
    compareStep(whole, 'device'),
    atChoices('device-at-cpu-choices'),
    compareStep(whole, 'device-at-cpu-choices'),
    atChoices('device-once-more'),
    {
      name: 'the same test shards by two processes',
      do: async () => {
        const found = await compareShardFiles(at('device-at-cpu-choices'), at('device-once-more'));
        return { outcome: shardFilesText(found) };
      },
    },
  ];
}

async function run(
  { experiment, folder, record }: WholeRun,
  name: string,
  device: string,
  seconds: number,
): Promise<StepResult> {
  const out = join(folder, name);
  const wasFinished = await isThere(runDirectory(out).finished);
  await runGrodin(
    ['run', experiment, '--out', out, '--device', device],
    join(record.out, `${name}.log`),
    seconds,
  );
  await keepResults(out, join(record.out, name));
  return { outcome: wasFinished ? 'was finished before' : 'done' };
}

/** Small enough to take home from any machine. */
async function keepResults(run: string, to: string): Promise<void> {
  const { tables, selection, metrics, accuracy } = runDirectory(run);
  await mkdir(to, { recursive: true });
  for (const place of [tables, selection, metrics, accuracy])
    await cp(place, place.replace(runDirectory(run).path, to), { recursive: true });
}

function compareStep({ folder, record }: WholeRun, name: string): WholeRunStep {
  return {
    name: `${name} against cpu`,
    do: async () => {
      const found = await compareRuns(join(folder, 'cpu'), join(folder, name)).catch((error: unknown) => {
        // The steps that follow need the runs, not the comparison.
        if (error instanceof GrodinError) return error;
        throw error;
      });
      if (found instanceof GrodinError)
        return { outcome: 'could not be compared', findings: [found.message], failed: true };
      await record.write(`${name}-against-cpu.md`, comparisonReport(found));
      const failed = found.failures.length > 0;
      return {
        outcome: failed
          ? `${found.failures.length} differences beyond the tolerances`
          : 'equal within the tolerances',
        findings: [
          `validation scored by ${found.other.validation.join('; ')}, test by ${found.other.test.join('; ')}`,
          ...summary(found),
          ...found.failures,
        ],
        failed,
      };
    },
  };
}
