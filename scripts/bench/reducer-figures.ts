import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figure } from './figure.js';
import type { ReducerBench } from './reducer.js';

/** The reducer's figures, measured in a process of its own, so that its peak memory is known. */
export async function reducerFigures(options: {
  readonly workers: number;
  readonly quick: boolean;
}): Promise<{ readonly figures: readonly Figure[]; readonly notes: readonly string[] }> {
  const program = fileURLToPath(new URL('./reducer.js', import.meta.url));
  const flags = ['--json', '--workers', String(options.workers), ...(options.quick ? ['--quick'] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...flags]);
  const bench = JSON.parse(stdout) as ReducerBench;
  const once = { spread: null, floor: null } as const;
  // The quick job is no measure of what is required of the whole one.
  const required = (bound: string): string => (options.quick ? '' : bound);
  return {
    figures: [
      {
        figure: 'reducer: bootstrap and selection',
        required: required('≤ 60'),
        measured: bench.bootstrapSeconds + bench.selectionSeconds,
        unit: 's',
        ...once,
      },
      { figure: 'reducer: bootstrap', required: '', measured: bench.bootstrapSeconds, unit: 's', ...once },
      { figure: 'reducer: selection', required: '', measured: bench.selectionSeconds, unit: 's', ...once },
      {
        figure: 'reducer: peak memory',
        required: required('≤ 2000'),
        measured: bench.peakMemory / 1e6,
        unit: 'MB',
        ...once,
      },
      ...(bench.peer === null
        ? []
        : [
            {
              figure: 'reducer: a resample in a scikit-learn loop over ours',
              required: '≥ 50',
              measured: bench.peer.ratio,
              unit: '×',
              ...once,
            },
          ]),
    ],
    notes:
      bench.peer === null
        ? ['No Python with scikit-learn is here: the reducer has no peer to compare with.']
        : [],
  };
}
