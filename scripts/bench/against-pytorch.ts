import { preparePasses } from '../../pipeline/bench/prepare-passes.js';
import { readModel } from '../../pipeline/model/read-model.js';
import { interleave, type Rounds } from '../../workers/bench/interleave.js';
import { passMemory } from '../../workers/bench/memory.js';
import { type BenchPass, feedsOf, type PassKind } from '../../workers/bench/pass.js';
import { spreadOf } from '../../workers/bench/spread.js';
import { withTemporaryFolder } from '../../workers/bench/temporary-folder.js';
import type { EngineSession } from '../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import type { Figure } from './figure.js';
import { type PyTorchMode, PyTorchPeer } from './pytorch.js';

/** What is compared, and what is required of it. */
export interface Comparison {
  readonly mode: PyTorchMode;
  /** At least so many times as fast. */
  readonly required: number;
}

export interface ComparisonOptions extends Rounds {
  readonly batch: number;
  readonly threads: number;
}

const nameOf: Readonly<Record<PyTorchMode, string>> = {
  'image-by-image': 'image by image',
  vmap: 'vmap(grad)',
  'vmap-detached': 'vmap(grad), detached',
};

/** The passes that PyTorch's part is compared with. */
const oursOf: Readonly<Record<PyTorchMode, readonly PassKind[]>> = {
  'image-by-image': ['perturbation', 'scoring'],
  vmap: ['scoring'],
  'vmap-detached': ['scoring'],
};

/**
 * Scores the same architecture here and in PyTorch, in turn: ours a batch, PyTorch an image or a batch.
 * @returns figures, or a line that says why there are none
 */
export async function figuresAgainstPyTorch(
  python: string,
  network: string,
  file: string,
  { mode, required }: Comparison,
  options: ComparisonOptions,
): Promise<readonly Figure[] | string> {
  const peer = await PyTorchPeer.start(python, network, mode, options);
  if (typeof peer === 'string') return `${network}, PyTorch ${nameOf[mode]}: left out (${peer}).`;
  return withTemporaryFolder(async (folder) => {
    const { passes } = await preparePasses(file, await readModel(file), folder, options.batch, {});
    const ours = passes.filter(({ kind }) => oursOf[mode].includes(kind));
    const theirs: number[] = [];
    const seconds = await runInTurn(ours, options, async () => theirs.push(await peer.seconds()));
    const memory = await peer.finish();
    const perImage = (values: readonly number[], images: number) =>
      values.map((time) => (1000 * time) / images);
    const oursMs = perImage(seconds, options.batch);
    const theirsMs = perImage(theirs.slice(-options.rounds), mode === 'image-by-image' ? 1 : options.batch);
    const [own, other] = [spreadOf(oursMs), spreadOf(theirsMs)];
    const what = mode === 'image-by-image' ? 'whole score' : 'scoring pass';
    const peerName = `PyTorch ${peer.version} ${nameOf[mode]}`;
    const ratios = spreadOf(theirsMs.map((time, round) => time / (oursMs[round] ?? Number.NaN)));
    const figures: Figure[] = [
      {
        figure: `${network}: ${what}, times as fast as ${peerName}`,
        required: `≥ ${required}`,
        measured: ratios.median,
        spread: ratios,
        floor: null,
        unit: '×',
      },
      explaining(`${network}: ${what} here, an image`, own.median, 'ms', own),
      explaining(`${network}: ${peerName}, an image`, other.median, 'ms', other),
    ];
    if (mode === 'image-by-image') return figures;
    const [scoring] = ours;
    const ourMemory = scoring ? await passMemory(scoring, options.threads) : Number.NaN;
    return [
      ...figures,
      {
        figure: `${network}: memory of ${peerName} over that of the scoring pass here`,
        required: '≥ 6',
        measured: memory / ourMemory,
        spread: null,
        floor: null,
        unit: '×',
      },
      explaining(`${network}: memory of ${peerName}, an image`, memory / 1e6 / options.batch, 'MB', null),
    ];
  });
}

function explaining(figure: string, measured: number, unit: string, spread: Figure['spread']): Figure {
  return { figure, required: '', measured, spread, floor: null, unit };
}

/** Seconds of one run of all passes in each round, PyTorch being asked between two rounds. */
async function runInTurn(
  passes: readonly BenchPass[],
  { threads, ...rounds }: ComparisonOptions,
  theirs: () => Promise<unknown>,
): Promise<readonly number[]> {
  const opened: { readonly session: EngineSession; readonly feeds: ReturnType<typeof feedsOf> }[] = [];
  for (const pass of passes)
    opened.push({ session: await onnxRuntimeCpu.open(pass.file, { threads }), feeds: feedsOf(pass) });
  const ours = async (): Promise<void> => {
    for (const { session, feeds } of opened) await session.run(feeds);
  };
  const times = await interleave(
    [
      { name: 'ours', run: ours },
      { name: 'theirs', run: theirs },
    ],
    rounds,
  );
  for (const { session } of opened) await session.dispose();
  return times.get('ours') ?? [];
}
