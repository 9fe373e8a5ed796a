#!/usr/bin/env node
/** Submits a run to Slurm: `grodin submit slurm` by another name, beside `launch-local`. */
import './typed-from.js';

process.argv.splice(2, 0, 'submit', 'slurm');
await import('../pipeline/cli/main.js');
