#!/usr/bin/env node
/**
 * Measures what the project claims of its speed on this machine, and prints it as Markdown:
 *
 *     npm run bench -- [--quick] [--threads N] [--batch N] [--networks NAMES] [--parts NAMES]
 *         [--folder FOLDER] [--profile] [--json]
 *
 * The networks are made with seeded random weights and kept in FOLDER (default: a folder among the system's temporary
 * files). What is compared runs in turn. Where no Python with PyTorch is found, its part is left out.
 */
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchModel, type ModelFigures } from '../../pipeline/bench/bench-model.js';
import { environment } from '../../pipeline/bench/environment.js';
import { environmentText, modelText } from '../../pipeline/cli/bench-report.js';
import { networks } from '../../workers/bench/networks/index.js';
import { speedNetworks } from '../../workers/doctor/speed-networks.js';
import { timeSplits } from '../../workers/doctor/splits.js';
import { figuresAgainstPlain } from './against-plain.js';
import { figuresAgainstPyTorch, type SpeedComparison } from './against-pytorch.js';
import { type Figure, figureTable } from './figure.js';
import { loweringFigures } from './lowering-figures.js';
import { networkFile } from './network-files.js';
import { pythonWithTorch } from './pytorch.js';
import { reducerFigures } from './reducer-figures.js';
import { measureThroughput } from './throughput.js';
import '../typed-from.js';

interface Plan {
  readonly networks: readonly { readonly name: string; readonly file: string }[];
  readonly batch: number;
  readonly threads: number;
  readonly quick: boolean;
  readonly profile: boolean;
}

/** What a part of the benchmark gives: figures, text to go before them, and notes on what was left out. */
interface BenchPart {
  readonly figures: readonly Figure[];
  readonly models?: readonly ModelFigures[];
  readonly notes?: readonly string[];
}

/** The parts by the name that `--parts` takes, in the order of the table. */
const parts: Readonly<Record<string, (plan: Plan) => Promise<BenchPart>>> = {
  plain: againstPlain,
  pytorch: againstPyTorch,
  throughput,
  lowerings,
  splits,
  reducer: ({ threads, quick }) => reducerFigures({ workers: threads, quick }),
};

async function againstPlain({ networks: made, batch, threads, quick, profile }: Plan): Promise<BenchPart> {
  const models: ModelFigures[] = [];
  const figures: Figure[] = [];
  for (const { name, file } of made) {
    const measured = await benchModel(file, { batch, threads, rounds: quick ? 3 : 9, profile });
    models.push(measured);
    figures.push(...figuresAgainstPlain(name, measured));
  }
  return { models, figures };
}

async function againstPyTorch({ networks: made, batch, threads, quick }: Plan): Promise<BenchPart> {
  const python = pythonWithTorch();
  if (python === null)
    return { figures: [], notes: ['No Python with PyTorch is here: its figures are left out.'] };
  const figures: Figure[] = [];
  const notes: string[] = [];
  const compare = async (
    { name, file }: Plan['networks'][number],
    comparison: SpeedComparison,
    rounds: number,
  ) => {
    const options = { batch, threads, rounds, warmUp: 1 };
    const result = await figuresAgainstPyTorch(python, name, file, comparison, options);
    if (typeof result === 'string') notes.push(result);
    else figures.push(...result);
  };
  for (const network of made)
    await compare(
      network,
      { mode: 'image-by-image', required: isOfTokensOrGates(network.name) ? null : 2.2 },
      quick ? 3 : 7,
    );
  for (const network of made.filter(({ name }) => !isOfTokensOrGates(name)))
    await compare(network, { mode: 'hooks', required: null }, quick ? 1 : 3);
  // A batch takes PyTorch many seconds, and the gradients of WRN-28-10 more memory than most machines have.
  for (const mode of ['vmap', 'vmap-detached'] as const)
    for (const network of made.filter(({ name }) => name.startsWith('resnet')))
      await compare(network, { mode, required: 18 }, quick ? 1 : 3);
  return { figures, notes };
}

/** Whether a network has what hooks on convolutions and linear layers don't see: normalised tokens, gates of channels. */
const isOfTokensOrGates = (name: string): boolean => !/^(resnet|wrn)/.test(name);

async function throughput({ networks: made, batch, threads, quick }: Plan): Promise<BenchPart> {
  const network = made.find(({ name }) => name === 'resnet18');
  if (!network) return { figures: [] };
  const { pipeline, engine, share } = await measureThroughput(network.file, quick ? 32 : 64, {
    batch,
    threads,
    rounds: quick ? 2 : 5,
    warmUp: 1,
  });
  const rate = (figure: string, { median, ...spread }: typeof pipeline): Figure => {
    return { figure, required: '', measured: median, spread, floor: null, unit: 'images/s' };
  };
  return {
    figures: [
      {
        figure: 'resnet18: decode, score and write JPEG files over the engine alone',
        required: '≥ 95',
        measured: 100 * share.median,
        spread: { low: 100 * share.low, high: 100 * share.high },
        floor: 100,
        unit: '%',
      },
      rate('resnet18: decode, score and write JPEG files', pipeline),
      rate('resnet18: the engine alone', engine),
    ],
  };
}

async function lowerings({ networks: made, batch, threads, quick }: Plan): Promise<BenchPart> {
  const network = made.find(({ name }) => name === 'resnet18') ?? made[0];
  if (!network) return { figures: [] };
  const options = { batch, threads, rounds: quick ? 3 : 9, warmUp: 1 };
  return { figures: await loweringFigures(network.name, network.file, options) };
}

/** Ways to divide the cores among workers: what all of them score together. */
async function splits({ quick }: Plan): Promise<BenchPart> {
  const figures: Figure[] = [];
  for (const network of quick ? Object.keys(speedNetworks).slice(0, 1) : Object.keys(speedNetworks))
    for (const { workers, threads, imagesPerSecond, quartiles } of await timeSplits(network, quick ? 1 : 5))
      figures.push({
        figure: `${network}: ${workers} workers × ${threads} threads`,
        required: '',
        measured: imagesPerSecond,
        spread: quartiles,
        floor: null,
        unit: 'images/s',
      });
  return { figures };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      threads: { type: 'string', default: String(availableParallelism()) },
      batch: { type: 'string', default: '8' },
      networks: { type: 'string', default: Object.keys(networks).join(',') },
      parts: { type: 'string', default: Object.keys(parts).join(',') },
      folder: { type: 'string', default: join(tmpdir(), 'grodin-bench') },
      profile: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const chosen = chosenOf(parts, 'parts', values.parts).map(([, part]) => part);
  const made = [];
  for (const [name] of chosenOf(networks, 'networks', values.networks))
    made.push({ name, file: await networkFile(values.folder, name) });
  const plan: Plan = {
    networks: made,
    batch: positiveInteger('batch', values.batch),
    threads: positiveInteger('threads', values.threads),
    quick: values.quick,
    profile: values.profile,
  };
  const around = await environment(
    `npm run bench -- ${process.argv.slice(2).join(' ')}`.replace(/( --)? $/, ''),
  );
  const results: BenchPart[] = [];
  for (const part of chosen) results.push(await part(plan));
  const figures = results.flatMap((part) => part.figures);
  const models = results.flatMap((part) => part.models ?? []);
  const notes = results.flatMap((part) => part.notes ?? []);
  if (values.json) {
    console.log(
      JSON.stringify({
        environment: around,
        batch: plan.batch,
        threads: plan.threads,
        figures,
        models,
        notes,
      }),
    );
    return;
  }
  console.log(environmentText(around));
  console.log(
    `Batch ${plan.batch}, ${plan.threads} threads. Medians; ratios and quartiles of measurements taken in turn.\n`,
  );
  console.log(figureTable(figures));
  for (const note of notes) console.log(`${note}\n`);
  for (const model of models) console.log(modelText(model));
}

/** The entries that a list of names chooses, in its order. */
function chosenOf<T>(all: Readonly<Record<string, T>>, option: string, list: string): [string, T][] {
  return list.split(',').map((name) => {
    const entry = Object.entries(all).find(([key]) => key === name);
    if (entry) return entry;
    throw new RangeError(
      `--${option} names ${JSON.stringify(name)}; there are ${Object.keys(all).join(', ')}`,
    );
  });
}

function positiveInteger(option: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new RangeError(`--${option} is ${JSON.stringify(text)}, expected an integer of at least 1`);
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof RangeError || error instanceof TypeError ? 2 : 1;
}
