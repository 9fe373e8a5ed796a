import type { Command } from 'commander';
import { jsonLine, printableLine } from '../../../manifests/input/printable.js';
import type { ManifestHeader } from '../../../manifests/manifest-header.js';
import { RunFailedError } from '../../../stages/errors.js';
import { checkImages, type ManifestsCheck, type SharedContent } from '../../jobs/check-manifests.js';
import type { CommandLine } from '../command-line.js';
import { jsonOption } from '../options/json.js';
import { integerOption } from '../options/numbers.js';

interface CheckValues {
  readonly classes?: number;
  readonly maxPixels?: number;
  readonly json?: true;
}

/** So many images are named of each manifest. */
const named = 10;

/** `grodin manifest check FILE…`: whether all images can be used, and none is listed twice. */
export function registerManifestCheck(manifest: Command, line: CommandLine): void {
  manifest
    .command('check')
    .description(
      'open every image of manifests: which are broken, which are listed twice, which labels are no class',
    )
    .argument('<file...>', 'manifests (CSV); the in-domain set first')
    .option('--classes <k>', 'number of classes of the networks; labels must be below it', integerOption(1))
    .option('--max-pixels <n>', 'images of more pixels count as broken', integerOption(1))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExit code 1 when images are broken or labels are no class; content that is listed twice is a warning.',
    )
    .action(async (files: string[], { json, ...settings }: CheckValues) => {
      const found = await checkImages(files, settings, (text) => {
        if (line.terminal) line.err(`${printableLine(text)}\n`);
      });
      line.out(json ? jsonLine(found) : checkText(found));
      const broken = found.manifests.reduce((sum, one) => sum + one.broken.length, 0);
      const beyond = found.manifests.reduce((sum, one) => sum + one.beyond.length, 0);
      if (broken + beyond === 0) return;
      const what = [
        ...(broken > 0 ? [`${counted(broken, 'image')} can't be used`] : []),
        ...(beyond > 0 ? [`${counted(beyond, 'label')} no network of ${settings.classes} classes has`] : []),
      ];
      throw new RunFailedError(
        `${what.join(', ')}; restore the images, or take their rows out of the manifests`,
      );
    });
}

function checkText({ manifests, shared }: ManifestsCheck): string {
  const lines: string[] = [];
  for (const { file, images, broken, beyond, header } of manifests) {
    const faults = [
      ...(broken.length > 0 ? [`${broken.length} broken`] : []),
      ...(beyond.length > 0 ? [`${counted(beyond.length, 'label')} too large`] : []),
    ];
    lines.push(
      `${file}: ${counted(images, 'image')}${faults.length === 0 ? ', all can be used' : `, ${faults.join(', ')}`}`,
    );
    if (header) lines.push(headerText(header));
    for (const { message } of broken.slice(0, named)) lines.push(`  ${message}`);
    for (const { id, label } of beyond.slice(0, named)) lines.push(`  ${id}: label ${label}`);
    const others = Math.max(0, broken.length - named) + Math.max(0, beyond.length - named);
    if (others > 0) lines.push(`  and ${others} others; all of them with --json`);
  }
  lines.push(...shared.map(sharedText));
  return lines.map((text) => `${printableLine(text)}\n`).join('');
}

function headerText({ dataset, preprocess, sha256 }: ManifestHeader): string {
  const stored = preprocess === null ? '' : `stored for preprocessing ${preprocess}, `;
  return `  ${dataset === null ? '' : `${dataset}, `}${stored}rows as they were written (sha256 ${sha256})`;
}

function sharedText({ first, second, images, example: [there, here] }: SharedContent): string {
  const are = images === 1 ? 'has' : 'have';
  return first === second
    ? `warning: ${first}: ${counted(images, 'image')} ${are} the content of another of its images, the first: ${here} that of ${there}`
    : `warning: ${second}: ${counted(images, 'image')} ${are} the content of images of ${first}, the first: ${here} that of ${there}`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
