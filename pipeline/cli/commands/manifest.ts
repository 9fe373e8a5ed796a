import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { BuilderOption, BuilderValues, ManifestBuilder } from '../../../manifests/builders/builder.js';
import { manifestBuilders } from '../../../manifests/builders/registry.js';
import type { Manifest } from '../../../manifests/manifest.js';
import { readManifest } from '../../../manifests/read-manifest.js';
import { writeManifest } from '../../../manifests/write-manifest.js';
import type { CommandLine } from '../command-line.js';
import { jsonOption } from '../options/json.js';

/** `grodin manifest LAYOUT SOURCE -o OUT.csv`: one subcommand for each dataset layout. */
export function registerManifest(program: Command, line: CommandLine): void {
  const manifest = program
    .command('manifest')
    .description('write the manifest (a CSV list of images, labels and base images) of a dataset');
  for (const builder of manifestBuilders) registerBuilder(manifest, builder, line);
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
      const { entries, ignored } = await builder.build(from, values);
      await writeManifest(values.output, entries);
      // Read back, so that what is reported is what a run will see.
      const summary = summarize(await readManifest(values.output), ignored);
      line.out(values.json ? `${JSON.stringify(summary)}\n` : `${sentence(values.output, summary)}\n`);
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
  readonly sha256: string;
}

function summarize({ file, rows, sha256 }: Manifest, ignored: number): Summary {
  const labels = rows.map(({ label }) => label).filter((label) => label !== null);
  return {
    file: resolve(file),
    images: rows.length,
    labelled: labels.length,
    classes: new Set(labels).size,
    bases: new Set(rows.map(({ base }) => base)).size,
    ignored,
    sha256,
  };
}

function sentence(output: string, { images, labelled, classes, ignored }: Summary): string {
  const labels = labelled === 0 ? 'without labels' : `${labelled} of them labelled, ${classes} classes`;
  const rest = ignored === 0 ? '' : `; ${ignored} other files were passed over`;
  return `${output}: ${images} images, ${labels}${rest}`;
}
