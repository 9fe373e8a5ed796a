import { type GraphMemory, graphMemory } from '../../stages/graph/graph-memory.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileGrid } from '../../stages/scoring/compile-grid.js';
import {
  compileForward,
  compileMove,
  compilePerturbation,
  compileScoring,
  type GraphOptions,
} from '../../stages/scoring/compile-passes.js';
import { compileTraining } from '../../stages/scoring/compile-training.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { layersNamed } from '../../stages/scoring/layer-names.js';
import { hashJson } from '../../workers/store/canonical-json.js';
import { graphChoices, type ModelChoices } from '../model/model-choices.js';
import { naming } from '../model/read-model.js';
import { asJson } from '../store/sealed-json.js';
import { compilerDigest } from './compiler-digest.js';
import { type CacheSettings, GraphCache } from './graph-cache.js';
import { GraphFolder, type StoredGraph } from './graph-folder.js';

/** The graphs that scoring is made of, and a training step to compare it with; a grid is of one ε unless it is said of how many. */
const graphKinds = {
  forward: compileForward,
  perturbation: compilePerturbation,
  move: compileMove,
  scoring: compileScoring,
  training: compileTraining,
  grid: (model: Model, options: BatchOptions) => compileGrid(model, { steps: 1, ...options }),
};

export type GraphKind = keyof typeof graphKinds;

/** One graph of a model. */
export interface GraphChoice {
  readonly kind: GraphKind;
  /** Of a grid: for how many ε. */
  readonly steps?: number;
}

/** Which graphs the shards of a run are scored with. */
export interface GraphsInUse {
  /** How many ε are scored together, or null for pass by pass. */
  readonly stepsTogether: number | null;
  /** Whether there are forward passes at perturbed images. */
  readonly movesForward: boolean;
}

/** The graphs that a worker may have open to score the shards of a model. */
export function graphsInUse({ stepsTogether, movesForward }: GraphsInUse): readonly GraphChoice[] {
  const gradient: readonly GraphChoice[] =
    stepsTogether === null
      ? [{ kind: 'perturbation' }, { kind: 'scoring' }]
      : [
          { kind: 'grid', steps: stepsTogether },
          { kind: 'grid', steps: 1 },
        ];
  const moving: readonly GraphChoice[] =
    stepsTogether === null ? [{ kind: 'move' }] : [{ kind: 'perturbation' }, { kind: 'move' }];
  return [{ kind: 'forward' }, ...gradient, ...(movesForward ? moving : [])];
}

/** What a model's graphs take when compiled for a batch size. @throws ModelError or RangeError as the compiler does */
export function memoryOfGraphs(
  model: Model,
  graphs: readonly GraphChoice[],
  options: BatchOptions,
): readonly GraphMemory[] {
  return graphs.map(({ kind, ...choice }) =>
    graphMemory(graphKinds[kind](model, { ...options, ...choice }), options.batch),
  );
}

/** A model by the content of its files. */
export interface ModelSource extends ModelChoices {
  /** Path of the ONNX file, for messages. */
  readonly file: string;
  /** sha256 (hex) of all bytes that the model is made of. */
  readonly sha256: string;
  /** Called where a graph has to be compiled. */
  readonly decode: () => Promise<Model>;
}

/** How a model is compiled for batches of one size. */
export type BatchOptions = GraphOptions & {
  readonly batch: number;
  /** Of a grid: for how many ε. */
  readonly steps?: number;
};

/**
 * Compiled graphs in a folder, each made once. What they are made from is their name: model, kind, every option and the
 * compiler itself. The user's cache feeds the folder, and is fed by it.
 */
export class CompiledGraphs {
  readonly #folder: GraphFolder;
  readonly #cache: GraphCache | null;
  #compiler: Promise<string> | undefined;

  /** @param largestFile see `GraphFolder` */
  constructor(folder: string, cache: CacheSettings | null, largestFile?: number) {
    this.#folder = new GraphFolder(folder, largestFile);
    this.#cache = cache === null ? null : new GraphCache(cache);
  }

  /** @throws ModelError naming the file, when the model can't be compiled */
  async of(source: ModelSource, kind: GraphKind, options: BatchOptions): Promise<StoredGraph> {
    this.#compiler ??= compilerDigest();
    const key = hashJson({
      compiler: await this.#compiler,
      model: source.sha256,
      ...graphChoices(source),
      kind,
      options: asJson(options),
    });
    const found = (await this.#folder.find(key)) ?? (await this.#cache?.feed(key, this.#folder));
    if (found) return found;
    const model = await source.decode();
    const { graph, description } = naming(source.file, () => {
      const graph = graphKinds[kind](model, options);
      const layers = layersNamed(graph);
      const memory = graphMemory(graph, options.batch);
      return {
        graph,
        description: { model: describeModel(model, options), memory, ...(layers === null ? {} : { layers }) },
      };
    });
    const written = await this.#folder.write(key, graph, description);
    await this.#cache?.keep(key, this.#folder);
    return written;
  }
}
