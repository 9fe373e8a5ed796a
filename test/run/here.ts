import { registerExport } from '../../pipeline/cli/commands/export.js';
import { registerReduce } from '../../pipeline/cli/commands/reduce.js';
import { registerReport } from '../../pipeline/cli/commands/report.js';
import { registerRunBy } from '../../pipeline/cli/commands/run.js';
import { registerStatus } from '../../pipeline/cli/commands/status.js';
import { runProgram } from '../../pipeline/cli/program.js';
import { runInProcess } from '../../scripts/drills/in-process.js';
import type { Finished } from '../cli/built.js';

const commands = [
  registerRunBy(runInProcess),
  registerReduce,
  registerReport,
  registerStatus,
  registerExport,
];

/**
 * A command line of `run`, `reduce`, `report`, `status` or `export` within this process: for tests of what a run keeps, refuses and ends with,
 * which is the same whatever processes and threads it has. Those cost several times what its scores do. One at a time,
 * since it changes the working folder.
 */
export async function grodinHere(args: readonly string[], cwd: string): Promise<Finished> {
  let out = '';
  let err = '';
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const code = await runProgram(args, commands, {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      env: process.env,
      terminal: false,
      stops: null,
      writesIn: () => {},
    });
    return { code, out, err };
  } finally {
    process.chdir(before);
  }
}

/** Runs `experiment.json` to its end, or to an error. */
export function runExperiment(folder: string, out: string, ...more: string[]): Promise<Finished> {
  return runFile(folder, 'experiment.json', out, ...more);
}

/** Runs another experiment file of the folder. */
export function runFile(folder: string, file: string, out: string, ...more: string[]): Promise<Finished> {
  return grodinHere(['run', file, '--out', out, ...more], folder);
}
