import { resolve } from 'node:path';
import type { Command } from 'commander';
import type {
  BuilderValues,
  LeftOut,
  LeftOutOfArchives,
  ManifestBuilder,
  SeveralSourcesBuilder,
} from '../../../manifests/builders/manifest-builder.js';
import { cellsBuilders, manifestBuilders } from '../../../manifests/builders/registry.js';
import { jsonLine, printableLine } from '../../../manifests/input/printable.js';
import type { Manifest } from '../../../manifests/manifest.js';
import { outputFolder } from '../../../manifests/output/output-file.js';
import { writeManifest } from '../../../manifests/write-manifest.js';
import { imageCount } from '../../inputs/image-count.js';
import { builderOption } from '../builder-option.js';
import { builderSource, builtFrom, folderOfPaths } from '../builder-source.js';
import type { CommandLine } from '../command-line.js';
import { leftOutCounts, leftOutNotes } from '../left-out.js';
import { registerCells } from '../manifest-cells.js';
import { jsonOption } from '../options/json.js';
import { aboutSources, addHeaderOptions, type HeaderValues } from '../options/manifest-header.js';
import { registerManifestCheck } from './manifest-check.js';
import { registerManifestCorrupted } from './manifest-corrupted.js';

/** `grodin manifest LAYOUT SOURCE -o OUT.csv`: one subcommand for each dataset layout. */
export function registerManifest(program: Command, line: CommandLine): void {
  const manifest = program
    .command('manifest')
    .description(
      'write the manifest (a CSV list of images, labels and base images) of a dataset, or check one',
    );
  for (const builder of manifestBuilders) registerBuilder(manifest, builder, line);
  for (const builder of cellsBuilders) registerCells(manifest, builder, line);
  registerManifestCorrupted(manifest, line);
  registerManifestCheck(manifest, line);
}

function registerBuilder(
  manifest: Command,
  builder: ManifestBuilder | SeveralSourcesBuilder,
  line: CommandLine,
): void {
  const command = manifest
    .command(builder.name)
    .description(builder.summary)
    .addArgument(builderSource(builder))
    .requiredOption('-o, --output <file>', 'the manifest to write; its paths are relative to its folder')
    .addHelpText('after', `\n${builder.notes}`);
  for (const option of builder.options) command.addOption(builderOption(option));
  addHeaderOptions(command);
  command
    .addOption(jsonOption())
    .action(async (from: string | string[], values: BuilderValues & HeaderValues & OutputValues) => {
      const built = await builtFrom(builder, from, values);
      const { entries, leftOut } = built;
      for (const note of leftOutNotes(folderOfPaths(from), leftOut)) line.err(`${note}\n`);
      for (const note of built.notes ?? []) line.err(`${printableLine(note)}\n`);
      line.writesIn(await outputFolder(values.output));
      const about = aboutSources(builder.name, [from].flat(), built.storedFor, values);
      const summary = summarize(await writeManifest(values.output, entries, about), leftOut);
      line.out(values.json ? jsonLine(summary) : `${sentence(values.output, summary, leftOut)}\n`);
    });
}

interface OutputValues {
  readonly output: string;
  readonly json?: true;
}

interface Summary {
  /** Absolute path of the manifest. */
  readonly file: string;
  readonly images: number;
  /** Images with a label, and how many different labels they have. */
  readonly labelled: number;
  readonly classes: number;
  /** Different photographs that the images were made from. */
  readonly bases: number;
  /** Files passed over because they are no images. */
  readonly ignored: number;
  /** Hidden files and folders, and those that systems leave behind. */
  readonly hidden: number;
  /** Links that lead nowhere. */
  readonly deadLinks: number;
  /** Files and folders whose names are not UTF-8. */
  readonly notUtf8: number;
  /** Of archives. */
  readonly archived?: LeftOutOfArchives;
  readonly sha256: string;
}

function summarize({ file, rows, sha256 }: Manifest, leftOut: LeftOut): Summary {
  const labels: number[] = [];
  const bases = new Set<string>();
  for (const { label, base } of rows) {
    if (label !== null) labels.push(label);
    bases.add(base);
  }
  return {
    file: resolve(file),
    images: rows.length,
    labelled: labels.length,
    classes: new Set(labels).size,
    bases: bases.size,
    ignored: leftOut.others,
    hidden: leftOut.hidden,
    deadLinks: leftOut.deadLinks.length,
    notUtf8: leftOut.notUtf8.length,
    ...(leftOut.archived && { archived: leftOut.archived }),
    sha256,
  };
}

function sentence(output: string, summary: Summary, leftOut: LeftOut): string {
  const { images, labelled, classes } = summary;
  const labels =
    labelled === 0
      ? 'without labels'
      : `${labelled} of them labelled, ${classes} ${classes === 1 ? 'class' : 'classes'}`;
  return `${printableLine(output)}: ${imageCount(images)}, ${labels}${leftOutCounts(leftOut)}`;
}
