import type { RegisterCommand } from '../command-line.js';

/** Every command of `grodin`, in the order of its help. */
const loaders = {
  run: async () => (await import('./run.js')).registerRun,
  status: async () => (await import('./status.js')).registerStatus,
  wait: async () => (await import('./wait.js')).registerWait,
  reduce: async () => (await import('./reduce.js')).registerReduce,
  report: async () => (await import('./report.js')).registerReport,
  compare: async () => (await import('./compare.js')).registerCompare,
  export: async () => (await import('./export.js')).registerExport,
  score: async () => (await import('./score.js')).registerScore,
  preprocess: async () => (await import('./preprocess.js')).registerPreprocess,
  compile: async () => (await import('./compile.js')).registerCompile,
  manifest: async () => (await import('./manifest.js')).registerManifest,
  submit: async () => (await import('./submit.js')).registerSubmit,
  doctor: async () => (await import('./doctor.js')).registerDoctor,
  bench: async () => (await import('./bench.js')).registerBench,
} satisfies Readonly<Record<string, () => Promise<RegisterCommand>>>;

/**
 * The commands that a command line may be about: the one that it begins with, or all of them, as for the help. Only these are
 * loaded, which of all takes longer than what many a command does.
 */
export function commandsFor(args: readonly string[]): Promise<readonly RegisterCommand[]> {
  const first = args.find((arg) => arg !== '--debug');
  const named = Object.entries(loaders).filter(([name]) => name === first);
  const needed = named.length > 0 ? named : Object.entries(loaders);
  return Promise.all(needed.map(([, load]) => load()));
}
