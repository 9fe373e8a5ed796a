import { type Command, Option } from 'commander';
import { runDirectory, writtenFolders } from '../../../workers/store/run-directory.js';
import { readCosts } from '../../costs/cost-file.js';
import { reduceRun } from '../../results/reduce-run.js';
import type { CommandLine } from '../command-line.js';
import { jsonOption } from '../options/json.js';
import { threadsOption } from '../options/numbers.js';
import { resultsJson, resultsText } from '../run-report.js';

/** `grodin reduce DIR`: selection, metrics and tables from finished shards, without scoring anything. */
export function registerReduce(program: Command, line: CommandLine): void {
  program
    .command('reduce')
    .description('compute selection, metrics and tables anew from the finished shards of a run')
    .argument('<dir>', 'the run directory')
    .addOption(
      new Option('--workers <n>', 'worker threads that resample (default: one a core)').argParser(
        threadsOption(),
      ),
    )
    .addOption(jsonOption())
    .action(async (dir: string, options: { workers?: number; json?: true }) => {
      const directory = runDirectory(dir);
      for (const folder of writtenFolders(directory)) line.writesIn(folder);
      const results = await reduceRun(directory, { workers: options.workers ?? null });
      const costs = await readCosts(directory);
      line.out(
        options.json
          ? resultsJson(directory, { ...results, nothingToDo: false, memory: null, leftOut: [] }, costs)
          : resultsText(directory, results, costs),
      );
    });
}
