#!/usr/bin/env node
/** Gives a run to Kubernetes: `grodin submit kubernetes` by another name, beside `launch-local` and `launch-slurm`. */
import './typed-from.js';

process.argv.splice(2, 0, 'submit', 'kubernetes');
await import('../pipeline/cli/main.js');
