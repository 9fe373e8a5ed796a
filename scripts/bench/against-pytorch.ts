import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { preparePasses } from '../../pipeline/bench/prepare-passes.js';
import { readModel } from '../../pipeline/model/read-model.js';
import { multiplicationFloor } from '../../stages/scoring/multiplication-floor.js';
import { ratioSpread, spreadOf } from '../../workers/bench/measurement-spread.js';
import { type BenchPass, feedsOf, type PassKind } from '../../workers/bench/pass.js';
import { passMemory } from '../../workers/bench/pass-memory.js';
import { type Rounds, timeInTurn } from '../../workers/bench/time-in-turn.js';
import { type EngineSession, runOnHost } from '../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import type { Figure } from './figure.js';
import { type PyTorchMode, PyTorchPeer } from './pytorch.js';

/** The ways to score in PyTorch that are compared with ours. */
type ComparedMode = Exclude<PyTorchMode, 'plain' | 'perturbation'>;

/** What is compared, and what is required of it. */
export interface SpeedComparison {
  readonly mode: ComparedMode;
  /** At least so many times as fast, or null where nothing is claimed. */
  readonly required: number | null;
}

export interface ComparisonOptions extends Rounds {
  readonly batch: number;
  readonly threads: number;
}

const nameOf: Readonly<Record<ComparedMode, string>> = {
  'image-by-image': 'image by image',
  hooks: 'hooks',
  'hooks-scoring': 'hooks',
  vmap: 'vmap(grad)',
  'vmap-detached': 'vmap(grad), detached',
};

/** The passes that PyTorch's part is compared with. */
const oursOf: Readonly<Record<ComparedMode, readonly PassKind[]>> = {
  'image-by-image': ['perturbation', 'scoring'],
  hooks: ['perturbation', 'scoring'],
  'hooks-scoring': ['scoring'],
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
  { mode, required }: SpeedComparison,
  options: ComparisonOptions,
): Promise<readonly Figure[] | string> {
  const peer = await PyTorchPeer.start(python, network, mode, options);
  if (typeof peer === 'string') return `${network}, PyTorch ${nameOf[mode]}: left out (${peer}).`;
  return withTemporaryFolder(async (folder) => {
    const model = await readModel(file);
    const { passes } = await preparePasses(file, model, folder, options.batch, {});
    const floors = multiplicationFloor(model);
    const ours = passes.filter(({ kind }) => oursOf[mode].includes(kind));
    const theirs: number[] = [];
    const plain = passes.filter(({ kind }) => kind === 'plain');
    const seconds = await runInTurn({ plain, ours }, options, async () => theirs.push(await peer.seconds()));
    const memory = await peer.finish();
    const perImage = (values: readonly number[], images: number) =>
      values.map((time) => (1000 * time) / images);
    const oursMs = perImage(seconds.ours, options.batch);
    const theirsMs = perImage(theirs.slice(-options.rounds), mode === 'image-by-image' ? 1 : options.batch);
    const [own, other] = [spreadOf(oursMs), spreadOf(theirsMs)];
    const isWhole = oursOf[mode].includes('perturbation');
    const what = isWhole ? 'whole score' : 'scoring pass';
    const peerName = `PyTorch ${peer.version} ${nameOf[mode]}`;
    // At the rate of plain inference, the multiplications that no implementation saves.
    const floorMs = perImage(seconds.plain, options.batch).map(
      (time) => time * (isWhole ? floors.whole : floors.scoring),
    );
    const bounds = ratioSpread(theirsMs, floorMs);
    const ratios = ratioSpread(theirsMs, oursMs);
    const figures: Figure[] = [
      {
        figure: `${network}: ${what}, times as fast as ${peerName}`,
        required: required === null ? '' : `≥ ${required}`,
        measured: ratios.median,
        spread: ratios,
        floor: bounds.median,
        unit: '×',
      },
      {
        ...explaining(`${network}: ${what} here, an image`, own.median, 'ms', own),
        floor: spreadOf(floorMs).median,
      },
      explaining(`${network}: ${peerName}, an image`, other.median, 'ms', other),
    ];
    // Only what keeps the gradients of a batch claims to need much more memory.
    if (mode !== 'vmap' && mode !== 'vmap-detached') return figures;
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

/** Seconds of one run of plain inference and of all our passes in each round, PyTorch being asked between two rounds. */
async function runInTurn(
  passes: Readonly<Record<'plain' | 'ours', readonly BenchPass[]>>,
  { threads, ...rounds }: ComparisonOptions,
  theirs: () => Promise<unknown>,
): Promise<Readonly<Record<'plain' | 'ours', readonly number[]>>> {
  const opened: EngineSession[] = [];
  const running = async (group: readonly BenchPass[]): Promise<() => Promise<void>> => {
    const runs: (() => Promise<unknown>)[] = [];
    for (const pass of group) {
      const session = await onnxRuntimeCpu.open(pass.file, { threads });
      opened.push(session);
      const feeds = feedsOf(pass);
      runs.push(() => runOnHost(onnxRuntimeCpu, session, feeds));
    }
    return async () => {
      for (const run of runs) await run();
    };
  };
  const subjects = [
    { name: 'plain', run: await running(passes.plain) },
    { name: 'ours', run: await running(passes.ours) },
    { name: 'theirs', run: theirs },
  ];
  const times = await timeInTurn(subjects, rounds);
  for (const session of opened) await session.dispose();
  return { plain: times.get('plain') ?? [], ours: times.get('ours') ?? [] };
}
