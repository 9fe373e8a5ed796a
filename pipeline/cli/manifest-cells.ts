import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CellsBuilder, SeveralSourcesCellsBuilder } from '../../manifests/builders/cells-builder.js';
import type { BuilderValues } from '../../manifests/builders/manifest-builder.js';
import { jsonLine, printableLine } from '../../manifests/input/printable.js';
import { outputFolder } from '../../manifests/output/output-file.js';
import { setsFile, writeCells } from '../../manifests/write-cells.js';
import { builderOption } from './builder-option.js';
import { builderSource, builtFrom } from './builder-source.js';
import type { CommandLine } from './command-line.js';
import { leftOutCounts, leftOutNotes } from './left-out.js';
import { jsonOption } from './options/json.js';
import { aboutSources, addHeaderOptions, type HeaderValues } from './options/manifest-header.js';

/** `grodin manifest LAYOUT SOURCE -o FOLDER` of a layout that gets a manifest for each cell of a grid. */
export function registerCells(
  manifest: Command,
  builder: CellsBuilder | SeveralSourcesCellsBuilder,
  line: CommandLine,
): void {
  const command = manifest
    .command(builder.name)
    .description(builder.summary)
    .addArgument(builderSource(builder))
    .requiredOption(
      '-o, --output <folder>',
      `where the manifests are written, and ${setsFile}, the sets of an experiment`,
    )
    .addHelpText('after', `\n${builder.notes}`);
  for (const option of builder.options) command.addOption(builderOption(option));
  addHeaderOptions(command);
  command
    .addOption(jsonOption())
    .action(async (from: string | string[], values: BuilderValues & HeaderValues & OutputValues) => {
      const {
        cells,
        missing,
        leftOut,
        notes = [],
        storedFor,
        ...rest
      } = await builtFrom(builder, from, values);
      if (missing.length > 0)
        line.err(
          `${printableLine([from].flat().join(', '))}: not there: ${printableLine(missing.join(', '))}\n`,
        );
      for (const note of notes) line.err(`${printableLine(note)}\n`);
      for (const note of leftOutNotes('', leftOut)) line.err(`${note}\n`);
      line.writesIn(await outputFolder(join(values.output, setsFile)));
      const { sets, images } = await writeCells(values.output, cells, rest, (cell) =>
        aboutSources(builder.name, [cell], storedFor, values),
      );
      const summary = { folder: resolve(values.output), sets: sets.length, images, missing };
      line.out(
        values.json
          ? jsonLine(summary)
          : `${printableLine(values.output)}: ${sets.length} manifests of ${images} images, and ${setsFile}${leftOutCounts(leftOut)}\n`,
      );
    });
}

interface OutputValues {
  readonly output: string;
  readonly json?: true;
}
