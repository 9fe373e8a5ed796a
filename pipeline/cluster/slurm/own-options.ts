/** Options of sbatch that the scripts set themselves, or can't do with, so that another one would undo what they rely on. */
const ownSbatchOptions: readonly string[] = [
  '--array',
  '--dependency',
  '--signal',
  '--requeue',
  '--no-requeue',
  '--open-mode',
  '--output',
  '--error',
  '--wrap',
  '--parsable',
  '--test-only',
  '--job-name',
  '--ntasks',
  '--ntasks-per-node',
  '--tasks-per-node',
  '--nodes',
  '--cpus-per-task',
  '--gpus-per-task',
  '--gres',
  '--mem',
  '--time',
  '--partition',
  '--account',
  // It would keep what submits until the job has ended.
  '--wait',
];

/** Options of their own whose names others begin with. */
const whole: readonly string[] = ['--gpus'];

/** Whether sbatch takes an option for one that is the scripts' own: it does so by the beginning of the name, too. */
export function isOwnOption(name: string): boolean {
  return !whole.includes(name) && ownSbatchOptions.some((own) => own.startsWith(name));
}
