import { InputError } from '../../stages/errors.js';
import type { GraphMemory } from '../../stages/graph/graph-memory.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import type { Model } from '../../stages/onnx/model.js';
import type { ModelDescription } from '../../stages/scoring/describe-model.js';
import { call } from '../../stages/setting.js';
import { collectGarbage } from '../../workers/collect-garbage.js';
import { hashJson } from '../../workers/store/canonical-json.js';
import type { GraphFile, ModelTask } from '../../workers/task.js';
import { parameterPatterns } from '../experiment/parameter-patterns.js';
import { CompiledGraphs, type GraphKind, type GraphsInUse } from '../graphs/compiled-graphs.js';
import type { CacheSettings } from '../graphs/graph-cache.js';
import type { StoredGraph } from '../graphs/graph-folder.js';
import { graphChoices } from '../model/model-choices.js';
import { readHashedModel } from '../model/read-model.js';
import type { OpenModel } from '../opening/opened.js';

/** A model whose graphs lie on disk. */
export interface CompiledModel {
  readonly task: ModelTask;
  readonly description: ModelDescription;
  /** What each graph takes. */
  readonly memory: readonly GraphMemory[];
}

/** Compiles the models of a run into a folder of its own, each once for each batch size. */
export class CompiledModels {
  readonly #graphs: CompiledGraphs;
  readonly #lowerings: Lowerings;
  readonly #use: GraphsInUse;
  readonly #known = new Map<string, Promise<CompiledModel>>();

  /**
   * @param cache where graphs are kept for all runs, or null for nowhere
   */
  constructor(folder: string, cache: CacheSettings | null, lowerings: Lowerings, use: GraphsInUse) {
    this.#graphs = new CompiledGraphs(folder, cache);
    this.#lowerings = lowerings;
    this.#use = use;
  }

  /** @throws ModelError naming the file, when the model can't be compiled */
  async of(model: OpenModel, batchSize: number): Promise<CompiledModel> {
    const { sha256, layerNorms = false } = model.identity;
    const key = hashJson({
      ...{ sha256, layerNorms, batchSize },
      ...graphChoices(model.identity),
      ...parameterPatterns(model.identity),
    });
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#compile(model, batchSize);
      this.#known.set(key, known);
      await known;
      // Compiling leaves several copies of the weights, on top of which the graphs would be opened.
      collectGarbage();
    }
    const { task, ...rest } = await known;
    // The same file under two names, or with two ways to preprocess, is one compiled model.
    const { name, preprocess } = model;
    return { ...rest, task: { ...task, name, preprocess, epsilonScale: model.identity.epsilonScale } };
  }

  async #compile(model: OpenModel, batchSize: number): Promise<CompiledModel> {
    const { epsilonScale, layerNorms } = model.identity;
    let decoded: Promise<Model> | undefined;
    const decode = (): Promise<Model> => {
      decoded ??= decodeUnchanged(model);
      return decoded;
    };
    const scored: readonly GraphKind[] = ['scoring', 'grid'];
    const graph = (kind: GraphKind, steps?: number) =>
      this.#graphs.of({ ...model.identity, file: model.file, decode }, kind, {
        ...parameterPatterns(model.identity),
        batch: batchSize,
        lowerings: this.#lowerings,
        ...(steps === undefined ? {} : { steps }),
        ...(layerNorms && scored.includes(kind) ? { layerNorms } : {}),
      });
    const { stepsTogether: steps, movesForward } = this.#use;
    const forward = await graph('forward');
    const [first, second] =
      steps === null
        ? [await graph('perturbation'), await graph('scoring')]
        : [await graph('grid', steps), await graph('grid', 1)];
    const moving = movesForward
      ? { perturbation: steps === null ? first : await graph('perturbation'), move: await graph('move') }
      : null;
    const all = new Set([forward, first, second, ...(moving === null ? [] : Object.values(moving))]);
    const { channels, height, width } = forward.model;
    return {
      description: forward.model,
      memory: [...all].map(({ memory }) => memory),
      task: {
        name: model.name,
        sha256: model.identity.sha256,
        forward: fileOf(forward),
        gradient:
          steps === null
            ? { kind: 'passes', perturbation: fileOf(first), scoring: fileOf(second) }
            : { kind: 'grid', steps, several: fileOf(first), single: fileOf(second) },
        ...(moving === null
          ? {}
          : { moving: { perturbation: fileOf(moving.perturbation), move: fileOf(moving.move) } }),
        preprocess: model.preprocess,
        input: { channels, height, width },
        epsilonScale,
        ...(second.layers === undefined ? {} : { layers: second.layers }),
      },
    };
  }
}

function fileOf({ file, sha256 }: StoredGraph): GraphFile {
  return { file, sha256 };
}

/**
 * The model of a run as its shards' identity says it is.
 * @throws InputError when one of its files has changed since the run was opened: its graphs would go by a wrong name
 */
async function decodeUnchanged({ file, identity }: OpenModel): Promise<Model> {
  const { model, sha256 } = await readHashedModel(file, identity);
  if (sha256 !== identity.sha256)
    throw new InputError(
      `${file}: the model or its external data changed while the run was in progress; restore it, or ${call('again')}`,
    );
  return model;
}
