#!/usr/bin/env node
import '../../workers/engines/no-telemetry.js';
import { ignoreBrokenPipe } from './broken-pipe.js';
import { watchTerminals } from './closed-terminal.js';
import { commands } from './commands/all.js';
import { heedNohup } from './nohup.js';
import { runProgram } from './program.js';

const releaseTerminals = watchTerminals();
await heedNohup();
ignoreBrokenPipe(process.stdout);
ignoreBrokenPipe(process.stderr);
process.exitCode = await runProgram(process.argv.slice(2), commands, {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
});
releaseTerminals();
