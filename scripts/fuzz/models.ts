/**
 * Compiles models that are damaged in one to four places, thousands of them: `node dist/scripts/fuzz/models.js --from 0
 * --to 10000`. Each must be refused by one line, or give a file that ONNX Runtime opens. A seed that fails can be tried
 * again by itself, and its model kept with --keep FOLDER.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { integerOption } from '../../pipeline/cli/options/numbers.js';
import { RunFailedError } from '../../stages/errors.js';
import { runScript, scriptProgram } from '../script-program.js';
import { baseModels } from './base-models.js';
import { modelOfSeed } from './try-model.js';
import { type Tried, tryRange } from './try-range.js';

/** Megabytes that one process may take for models of kilobytes. */
const mostMegabytes = 1024;

interface Values {
  readonly from: number;
  readonly to: number;
  readonly keep?: string;
}

const program = scriptProgram('fuzz-models', 'compile models that are damaged in a few places')
  .option('--from <seed>', 'the first seed', integerOption(0), 0)
  .option('--to <seed>', 'the seed to stop before', integerOption(1), 1000)
  .option('--keep <folder>', 'where models that fail are kept')
  .action(async ({ from, to, keep }: Values) => {
    const counts = { refused: 0, opened: 0, wrong: 0 };
    const messages = new Map<string, number>();
    const bases = baseModels();
    let megabytes = 0;
    const report = async ({ seed, outcome, megabytes: taken }: Tried): Promise<void> => {
      const isTooLarge = taken > mostMegabytes;
      megabytes = Math.max(megabytes, taken);
      const kind = isTooLarge ? 'wrong' : outcome.kind;
      counts[kind] += 1;
      // Complaints that differ only in names and numbers count as one.
      const said = outcome.text.replaceAll(/"[^"]*"|[\d./]+/g, '…').slice(0, 60);
      messages.set(said, (messages.get(said) ?? 0) + 1);
      if (kind !== 'wrong') return;
      const { name, bytes } = modelOfSeed(seed, bases);
      process.stdout.write(`seed ${seed} (${name}): ${isTooLarge ? `${taken} MB` : outcome.text}\n`);
      if (keep === undefined) return;
      await mkdir(keep, { recursive: true });
      await writeFile(join(keep, `seed-${seed}.onnx`), bytes);
    };
    await tryRange(from, to, mostMegabytes, report);
    process.stdout.write(
      `seeds ${from} to ${to - 1}: ${counts.opened} opened, ${counts.refused} refused in ${messages.size} ways, ` +
        `${counts.wrong} wrong; ${megabytes} MB at most\n`,
    );
    if (counts.wrong > 0)
      throw new RunFailedError(`${counts.wrong} models were neither refused by a line nor opened`);
  });
process.exitCode = await runScript(program);
