import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type {
  BuilderOption,
  BuilderValues,
  LeftOut,
  ManifestBuilder,
} from '../../../manifests/builders/manifest-builder.js';
import { manifestBuilders } from '../../../manifests/builders/registry.js';
import { jsonLine, printableLine } from '../../../manifests/input/printable.js';
import type { Manifest } from '../../../manifests/manifest.js';
import { outputFolder } from '../../../manifests/output/output-file.js';
import { writeManifest } from '../../../manifests/write-manifest.js';
import type { CommandLine } from '../command-line.js';
import { jsonOption } from '../options/json.js';
import { registerManifestCheck } from './manifest-check.js';

/** `grodin manifest LAYOUT SOURCE -o OUT.csv`: one subcommand for each dataset layout. */
export function registerManifest(program: Command, line: CommandLine): void {
  const manifest = program
    .command('manifest')
    .description(
      'write the manifest (a CSV list of images, labels and base images) of a dataset, or check one',
    );
  for (const builder of manifestBuilders) registerBuilder(manifest, builder, line);
  registerManifestCheck(manifest, line);
}

function registerBuilder(manifest: Command, builder: ManifestBuilder, line: CommandLine): void {
  const { source } = builder;
  const command = manifest
    .command(builder.name)
    .description(builder.summary)
    .argument(`<${source.name}>`, source.doc)
    .requiredOption('-o, --output <file>', 'the manifest to write; its paths are relative to its folder')
    .addHelpText('after', `\n${builder.notes}`);
  for (const option of builder.options) command.addOption(commanderOption(option));
  command
    .addOption(jsonOption())
    .action(async (from: string, values: BuilderValues & { output: string; json?: true }) => {
      const { entries, leftOut } = await builder.build(from, values);
      for (const note of notes(from, leftOut)) line.err(`${note}\n`);
      line.writesIn(await outputFolder(values.output));
      const summary = summarize(await writeManifest(values.output, entries), leftOut);
      line.out(values.json ? jsonLine(summary) : `${sentence(values.output, summary)}\n`);
    });
}

function commanderOption({ flags, doc, required, choices }: BuilderOption): Option {
  const option = new Option(flags, doc).makeOptionMandatory(required ?? false);
  return choices === undefined ? option : option.choices(choices);
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
    sha256,
  };
}

function sentence(output: string, summary: Summary): string {
  const { images, labelled, classes } = summary;
  const labels = labelled === 0 ? 'without labels' : `${labelled} of them labelled, ${classes} classes`;
  const rest = [
    counted(summary.ignored, 'other file', 'other files'),
    counted(summary.hidden, 'hidden or system file', 'hidden or system files'),
    counted(summary.deadLinks, 'dead link', 'dead links'),
    counted(summary.notUtf8, 'name that is not UTF-8', 'names that are not UTF-8'),
  ].filter((text) => text !== null);
  return `${printableLine(output)}: ${images} images, ${labels}${rest.length === 0 ? '' : `; left out: ${rest.join(', ')}`}`;
}

function counted(count: number, one: string, several: string): string | null {
  return count === 0 ? null : `${count} ${count === 1 ? one : several}`;
}

/** How many of a kind are named. */
const named = 5;

/** Files that were left out although the user may have meant them to be in the manifest. */
function notes(root: string, { deadLinks, notUtf8 }: LeftOut): readonly string[] {
  return [
    ...list(root, deadLinks, 'a link that leads nowhere; left out'),
    ...list(root, notUtf8, 'a name that is not UTF-8; left out: rename it to have it in'),
  ];
}

function list(root: string, paths: readonly string[], what: string): readonly string[] {
  const lines = paths.slice(0, named).map((path) => `${printableLine(join(root, path))}: ${what}`);
  return paths.length > named
    ? [...lines, `${root}: ${paths.length - named} more are left out likewise`]
    : lines;
}
