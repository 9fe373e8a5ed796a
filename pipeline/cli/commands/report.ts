import { resolve } from 'node:path';
import type { Command } from 'commander';
import { jsonLine } from '../../../manifests/input/printable.js';
import { outputFolder } from '../../../manifests/output/output-file.js';
import { runDirectory, writtenFolders } from '../../../workers/store/run-directory.js';
import { plotFolder, usualPage } from '../../report/page-places.js';
import type { ThumbnailMode } from '../../report/thumbnail-modes.js';
import { writePage } from '../../report/write-page.js';
import type { CommandLine } from '../command-line.js';
import { jsonOption } from '../options/json.js';
import { thumbnailsOption } from '../options/thumbnails.js';
import { shownPath } from '../shown-path.js';

interface ReportFlags {
  readonly out?: string;
  readonly thumbnails: ThumbnailMode;
  readonly paths?: true;
  readonly json?: true;
}

/** `grodin report DIR`: a page with all that a run found; of several what differs. */
export function registerReport(program: Command, line: CommandLine): void {
  program
    .command('report')
    .description(
      'write a page with the tables, plots and images of a run, or with what differs between several, which opens in any browser',
    )
    .argument('<dir...>', 'the run directory; of several the first is compared with each other one')
    .option(
      '--out <file>',
      'the page (default: report.html in the run directory, of several comparison.html in the first one)',
    )
    .addOption(thumbnailsOption())
    .option('--paths', 'tell absolute paths and the processor too')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nBeside the page, each plot is there as SVG, as a specification of Vega-Lite, and its data as CSV.' +
        '\nThe page of a run that is not finished says what is missing.',
    )
    .action(
      async (dirs: readonly string[], { out, paths, json, ...flags }: ReportFlags, command: Command) => {
        const directory = runDirectory(dirs[0] ?? '');
        for (const folder of writtenFolders(directory)) line.writesIn(folder);
        if (out !== undefined) line.writesIn(await outputFolder(out));
        line.writesIn(plotFolder(resolve(out ?? usualPage(directory.path, dirs.length))));
        // Nobody has asked for what is the default.
        const thumbnails =
          command.getOptionValueSource('thumbnails') === 'cli' ? flags.thumbnails : undefined;
        const settings = { file: out ?? null, withPaths: paths ?? false, thumbnails };
        const written = await writePage(dirs, settings);
        line.out(json ? jsonLine(written) : `report: ${shownPath(written.file)}\n`);
      },
    );
}
