import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { BuilderValues } from '../../../manifests/builders/manifest-builder.js';
import type { AboutManifest } from '../../../manifests/manifest-header.js';

/** What is asked of the first line of manifests. */
export type HeaderValues = BuilderValues & {
  readonly dataset?: string;
  readonly header: boolean;
};

/** `--dataset` and `--no-header`, of every command that writes manifests. */
export function addHeaderOptions(command: Command): void {
  command
    .option(
      '--dataset <name>',
      'what the first line calls the set (default: the layout and what it was made of)',
    )
    .option(
      '--no-header',
      'without the first line (# grodin manifest …), which has the set, the preprocessing that its images are stored for, and the sha256 of the rows',
    );
}

/**
 * What the first line of a manifest says.
 * @param layout the builder's name
 * @param sources what it was made of
 * @param storedFor the preset that its images are stored for
 * @returns undefined for no such line
 */
export function aboutSources(
  layout: string,
  sources: readonly string[],
  storedFor: string | undefined,
  { dataset, header }: HeaderValues,
): AboutManifest | undefined {
  if (!header) return undefined;
  const made = `${basename(resolve(sources[0] ?? ''))}${sources.length > 1 ? ` and ${sources.length - 1} more` : ''}`;
  return { dataset: dataset ?? `${layout} ${made}`, preprocess: storedFor };
}
