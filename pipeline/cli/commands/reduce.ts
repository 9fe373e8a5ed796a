import { type Command, Option } from 'commander';
import { runDirectory, writtenFolders } from '../../../workers/store/run-directory.js';
import { readCosts } from '../../costs/cost-file.js';
import type { ThumbnailMode } from '../../report/thumbnail-modes.js';
import { reduceRun } from '../../results/reduce-run.js';
import type { PrintedTables } from '../../tables/printed-tables.js';
import type { CommandLine } from '../command-line.js';
import { jsonOption } from '../options/json.js';
import { threadsOption } from '../options/numbers.js';
import { tablesOption } from '../options/tables.js';
import { thumbnailsOption } from '../options/thumbnails.js';
import { reportAfterRun, wantsReport } from '../report-after-run.js';
import { belowChanceText, resultsJson, resultsText } from '../run-report.js';

interface ReduceFlags {
  readonly workers?: number;
  readonly report?: boolean;
  readonly thumbnails: ThumbnailMode;
  readonly tables: PrintedTables;
  readonly json?: true;
}

/** `grodin reduce DIR`: selection, metrics and tables from finished shards, without scoring anything. */
export function registerReduce(program: Command, line: CommandLine): void {
  program
    .command('reduce')
    .description('compute selection, metrics, tables and the report anew from the finished shards of a run')
    .argument('<dir>', 'the run directory')
    .addOption(
      new Option('--workers <n>', 'worker threads that resample (default: one a core)').argParser(
        threadsOption(),
      ),
    )
    .option('--no-report', 'write no report.html (default where GRODIN_REPORT is off)')
    .addOption(thumbnailsOption())
    .addOption(tablesOption())
    .addOption(jsonOption())
    .action(async (dir: string, options: ReduceFlags) => {
      const directory = runDirectory(dir);
      for (const folder of writtenFolders(directory)) line.writesIn(folder);
      const results = await reduceRun(directory, { workers: options.workers ?? null });
      const inverted = belowChanceText(results);
      if (inverted !== '') line.err(inverted);
      const costs = await readCosts(directory);
      const { thumbnails } = options;
      const page = wantsReport(options, line.env)
        ? await reportAfterRun(directory, { nothingToDo: false }, { thumbnails })
        : null;
      line.out(
        options.json
          ? resultsJson(directory, { ...results, costs, nothingToDo: false, memory: null, leftOut: [] }, page)
          : resultsText(directory, { ...results, costs }, page, options.tables),
      );
    });
}
