#!/usr/bin/env node
/** Gives a run to Kubernetes: `grodin submit kubernetes` by another name, beside `launch-local` and `launch-slurm`. */
process.argv.splice(2, 0, 'submit', 'kubernetes');
await import('../pipeline/cli/main.js');
