import { cpSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runScript, scriptProgram } from '../script-program.js';
import { foldingOutcome } from './folding.js';
import { caseFolders, readCase } from './operator-case.js';
import { forwardOutcome } from './outcome.js';
import { type Checked, tableOf } from './table.js';

/** Bytes of a case that is copied, at most. */
const largestCopied = 2048;

const program = scriptProgram('onnx-cases', "check operations against ONNX's own operator cases")
  .argument('<folders...>', 'folders of cases, such as /usr/share/libonnx-testdata/data/node')
  .option('--table <FILE>', 'write the table of operators as Markdown')
  .option(
    '--smallest <FOLDER>',
    'copy the smallest case of each operator that is computed: those of the tests',
  )
  .action(async (folders: readonly string[], { table, smallest }: Options) => {
    const checked: Checked[] = [];
    const smallestOf = new Map<string, string>();
    let others = 0;
    for (const folder of folders.flatMap(caseFolders)) {
      const one = readCase(folder);
      if (!one) {
        others++;
        continue;
      }
      const [forward, folding] = [await forwardOutcome(one), foldingOutcome(one)];
      checked.push({ one, forward, folding });
      const known = smallestOf.get(one.node.type);
      const isEqual = forward?.kind === 'equal' || folding?.kind === 'equal';
      if (isEqual && (known === undefined || bytesIn(folder) < bytesIn(known)))
        smallestOf.set(one.node.type, folder);
    }
    const wrong = checked.flatMap(({ one, forward, folding }) =>
      [forward, folding].flatMap((outcome) =>
        outcome?.kind === 'wrong' ? [`${one.name} (${one.node.type}): ${outcome.what}`] : [],
      ),
    );
    for (const line of wrong) process.stderr.write(`${line}\n`);
    const text = tableOf(checked, others);
    if (table) writeFileSync(table, text);
    else process.stdout.write(text);
    if (smallest !== undefined)
      for (const folder of smallestOf.values())
        if (bytesIn(folder) <= largestCopied)
          cpSync(folder, join(smallest, basename(folder)), { recursive: true });
    if (wrong.length > 0) process.exitCode = 1;
  });

interface Options {
  readonly table?: string;
  readonly smallest?: string;
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((total, entry) => {
    const path = join(folder, entry.name);
    return total + (entry.isDirectory() ? bytesIn(path) : statSync(path).size);
  }, 0);
}

process.exitCode = await runScript(program);
