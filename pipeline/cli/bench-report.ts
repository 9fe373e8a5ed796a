import { basename } from 'node:path';
import { publishedCost } from '../../manifests/paper/published.js';
import type { Spread } from '../../workers/bench/measurement-spread.js';
import type { ProfileSummary } from '../../workers/bench/profile-summary.js';
import { type ModelFigures, type PassFigures, warmUp } from '../bench/bench-model.js';
import type { Environment } from '../bench/environment.js';
import { type GridColumn, markdownGrid } from '../tables/markdown-grid.js';

/** Nodes of each pass that the profile lists. */
const listedNodes = 20;

const passNames = {
  plain: 'plain inference',
  perturbation: 'perturbation',
  scoring: 'scoring = each further ε',
  training: 'training step',
};

const left = (title: string): GridColumn => ({ title, align: 'left' });
const right = (title: string): GridColumn => ({ title, align: 'right' });

/** What was measured where and how, as Markdown. */
export function environmentText({ processor, cores, versions, date, command }: Environment): string {
  return [
    `\`${command}\``,
    '',
    `${processor}, ${cores} cores; ONNX Runtime ${versions.onnxRuntime}, Node ${versions.node}, grodin ${versions.grodin}; ${date}.`,
    '',
  ].join('\n');
}

/** The figures of one model as Markdown tables. */
export function modelText(figures: ModelFigures): string {
  const { input, multiplications, rate, batch, threads, rounds, recompiled } = figures;
  const { channels, height, width, classes } = input;
  const plain =
    recompiled === null
      ? 'Plain inference runs the file as it is.'
      : `Plain inference runs a forward pass compiled anew, since ${recompiled}.`;
  return [
    `## ${basename(figures.file)}`,
    '',
    `${channels}×${height}×${width} pixels, ${classes} classes, ${giga(multiplications)} G multiplications an image. ` +
      `Batch ${batch}, ${count(threads, 'thread')}; medians and quartiles of ${count(rounds, 'round')} after ${warmUp} more, passes in turn.`,
    `${plain} It reaches ${giga(rate)} G multiplications a second; floors are at that rate.`,
    '',
    passTable(figures),
    `× plain: within each round, ${leastRatios(figures)} by the fastest run of each. Whole score: sums of medians and floors.`,
    ...costLines(figures),
    'Memory: peak beyond the opened graph. Reorders: nodes of the optimised graph that change between ONNX ' +
      "Runtime's blocked layout and the plain one.",
    '',
    ...figures.passes.flatMap(({ kind, profile }) =>
      profile === null ? [] : [`### Profile: ${passNames[kind]}`, '', profileText(profile)],
    ),
  ].join('\n');
}

/** Beside the paper's section 4.3. */
function costLines({ whole, passes }: ModelFigures): string[] {
  const step = passes.find(({ kind }) => kind === 'training');
  const { inferences, trainingSteps } = publishedCost;
  return [
    `A whole score is ${ratio(whole.timesPlain.median)} inferences (the paper: about ${inferences.join(' to ')}) and ` +
      `${ratio(whole.timesTraining.median)} training steps (the paper: about ${trainingSteps}). Training step: forward pass, ` +
      'backward pass and the gradients of the mean loss in θ, summed over the batch, with the statistics of normalisations held; ' +
      `${ratio(step?.timesPlain.median ?? Number.NaN)} inferences here.`,
  ];
}

/** What the ratios would be if nothing else had run on the machine, as far as these rounds tell. */
function leastRatios({ passes }: ModelFigures): string {
  const least = new Map(passes.map(({ kind, ms }) => [kind, ms.least] as const));
  const [plain = Number.NaN, perturbation = Number.NaN, scoring = Number.NaN] = [
    least.get('plain'),
    least.get('perturbation'),
    least.get('scoring'),
  ];
  return `${ratio(perturbation / plain)} + ${ratio(scoring / plain)} = ${ratio((perturbation + scoring) / plain)}`;
}

function passTable({ passes, whole }: ModelFigures): string {
  const columns = [
    left('pass'),
    right('ms an image'),
    right('quartiles'),
    right('× plain'),
    right('quartiles'),
    right('floor ×'),
    right('floor ms'),
    right('MB an image'),
    right('reorders in + out'),
    right('nodes'),
    right('compile s'),
    right('open s'),
  ];
  const inScore = passes.filter(({ kind }) => kind !== 'training');
  return markdownGrid(columns, [
    ...inScore.map(passRow),
    [
      'whole score',
      milliseconds(whole.ms),
      '',
      ratio(whole.timesPlain.median),
      ratioQuartiles(whole.timesPlain),
      ratio(whole.floor),
      milliseconds(whole.floorMs),
    ],
    ...passes.filter(({ kind }) => kind === 'training').map(passRow),
  ]);
}

function passRow(pass: PassFigures): string[] {
  const { kind, ms, timesPlain, floor, floorMs, graph, memoryMB, compileSeconds, openSeconds } = pass;
  return [
    passNames[kind],
    milliseconds(ms.median),
    quartiles(ms),
    ratio(timesPlain.median),
    ratioQuartiles(timesPlain),
    ratio(floor),
    milliseconds(floorMs),
    memoryMB.toFixed(memoryMB < 10 ? 1 : 0),
    `${graph.reorderInput} + ${graph.reorderOutput}`,
    String(graph.nodes),
    compileSeconds === null ? '–' : compileSeconds.toFixed(2),
    openSeconds.toFixed(2),
  ];
}

function profileText({ ms, operations, nodes }: ProfileSummary): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const time = [right('ms an image'), right('share')];
  return [
    `${milliseconds(ms)} ms an image inside nodes.`,
    '',
    markdownGrid(
      [left('operation'), ...time],
      operations.map((row) => [row.operation, milliseconds(row.ms), percent(row.share)]),
    ),
    markdownGrid(
      [left('operation'), ...time, right('nodes'), left('inputs'), left('outputs')],
      nodes
        .slice(0, listedNodes)
        .map((row) => [
          row.operation,
          milliseconds(row.ms),
          percent(row.share),
          String(row.nodes),
          row.inputs.join(', '),
          row.outputs.join(', '),
        ]),
    ),
  ].join('\n');
}

/** Three digits that count, for whatever size. */
function milliseconds(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value >= 1 ? 2 : 3);
}

function quartiles({ low, high }: Spread): string {
  return `${milliseconds(low)} – ${milliseconds(high)}`;
}

function ratioQuartiles({ low, high }: Spread): string {
  return `${ratio(low)} – ${ratio(high)}`;
}

function ratio(value: number): string {
  return value.toFixed(2);
}

const giga = (value: number): string => (value / 1e9).toPrecision(3);

const count = (value: number, what: string): string => `${value} ${what}${value === 1 ? '' : 's'}`;
