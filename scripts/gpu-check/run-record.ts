import { join } from 'node:path';
import { writeOutput } from '../../manifests/output/output-file.js';
import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';

/** How one step of a whole run ended. */
export interface StepRecord {
  readonly step: string;
  readonly seconds: number;
  /** In words. */
  readonly outcome: string;
  /** What it found, one line each. */
  readonly findings: readonly string[];
}

/** The Markdown of all steps so far. */
function recordText(heading: readonly string[], steps: readonly StepRecord[]): string {
  return [
    '# A whole run on another device\n',
    `${heading.join('\n')}\n`,
    markdownGrid(
      [
        { title: 'step', align: 'left' },
        { title: 'seconds', align: 'right' },
        { title: 'outcome', align: 'left' },
      ],
      steps.map(({ step, seconds, outcome }) => [step, seconds.toFixed(1), outcome]),
    ),
    ...steps
      .filter(({ findings }) => findings.length > 0)
      .map(({ step, findings }) => `## ${step}\n\n${findings.map((text) => `- ${text}`).join('\n')}\n`),
  ].join('\n');
}

/** Writes what is known after every step, so that whatever ends the machine leaves what was found until then. */
export class RunRecord {
  readonly #steps: StepRecord[] = [];

  /**
   * @param out folder of `whole-run.md`
   * @param heading lines that stand above the steps
   */
  constructor(
    readonly out: string,
    readonly heading: readonly string[],
  ) {}

  async add(step: StepRecord): Promise<void> {
    this.#steps.push(step);
    await this.write(`whole-run.md`, recordText(this.heading, this.#steps));
  }

  /** Writes one more file of the folder. */
  async write(name: string, text: string): Promise<void> {
    await writeOutput(join(this.out, name), text, async () => {});
  }
}
