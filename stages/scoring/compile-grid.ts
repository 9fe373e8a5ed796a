import { ConstantRoom } from '../graph/constant-room.js';
import { type JoinedGraph, joinGraphs } from '../graph/join.js';
import { heldBytes, type Model } from '../onnx/model.js';
import type { GraphOptions } from './graph-parts.js';
import {
  directionGraph,
  gatheringGraph,
  perturbedImages,
  perturbingGraph,
  type Slice,
  scoringGraph,
} from './grid-parts.js';
import { signatures } from './signature.js';

/** How a grid is compiled. */
export interface GridOptions extends GraphOptions {
  /** Number of images B in every batch. */
  readonly batch: number;
  /** Number of steps ε, E. */
  readonly steps: number;
  /**
   * How many of them, at most, the graph scores at once; all when left out. Fewer take less memory: the graph then has a
   * scoring pass for each slice of so many, one behind the other, and a last one for what is left.
   */
  readonly together?: number;
}

/**
 * All steps ε of one temperature in one graph: the perturbation pass of B images, then the scoring pass of E·B perturbed
 * ones, so that nothing of the size of an image leaves the graph. Inputs `image` [B, C, H, W] (preprocessed),
 * `temperature` [1] and `epsilon` [E, C] (per-channel steps in the network's input space; where they are 0, the image is
 * scored as it is). Outputs as those of `compileScoring`, of E·B images, those of the first ε first: `logits` [E·B, K],
 * `predicted` int64 [E·B], and float32 [E·B] `max_logit`, `log_odds`, `log_s`, `log_sg`, `log_g` and `log_norm`.
 * @throws ModelError as `compileScoring`
 * @throws RangeError where a number is no positive integer, or the constants of all passes have no room in one file
 */
export function compileGrid(model: Model, options: GridOptions): Model {
  const { batch, steps, together = steps, ...others } = options;
  for (const [name, size] of Object.entries({ batch, steps, together }))
    if (!Number.isSafeInteger(size) || size < 1)
      throw new RangeError(`the grid's ${name} is ${size}, expected an integer of at least 1`);
  const slices = slicesOf(steps, together);
  const scoring = new Map<number, Model>();
  const ofSize = ({ start, end }: Slice): Model => {
    const images = (end - start) * batch;
    const made = scoring.get(images) ?? scoringGraph(model, { ...others, batch: images });
    scoring.set(images, made);
    return made;
  };
  const passes = slices.map((slice, index): readonly JoinedGraph[] => [
    {
      model: perturbingGraph(model, options, slice),
      prefix: `steps ${index}/`,
      names: { ...directions, [perturbedImages]: perturbedBy(index) },
    },
    scoringPart(ofSize(slice), index, slices.length),
  ]);
  const gathering = gatheringGraph(
    slices.map((slice) => ofSize(slice).graph.outputs),
    outputOf,
  );
  const grid = joinGraphs('grid', [
    { model: directionGraph(model, { ...others, batch }), prefix: 'perturbation/', names: directions },
    ...passes.flat(),
    ...(slices.length > 1 ? [{ model: gathering, prefix: 'gathering/' }] : []),
  ]);
  // Each pass had room for its constants; those of all must fit one file.
  const room = new ConstantRoom(heldBytes(model.graph));
  for (const { data } of grid.graph.initializers.values()) room.take(data.byteLength);
  return grid;
}

/** What the joined graph calls the directions. */
const directions = { [signatures.perturbation.outputs.direction.name]: 'perturbation/direction' };

/** What it calls the images that slice number `index` of the ε makes. */
function perturbedBy(index: number): string {
  return `steps ${index}/perturbed`;
}

/** What it calls an output of one of several scoring passes. */
function outputOf(pass: number, output: string): string {
  return `scoring ${pass}/${output}`;
}

function scoringPart(model: Model, index: number, count: number): JoinedGraph {
  const outputs = model.graph.outputs.map(({ name }) => [name, count > 1 ? outputOf(index, name) : name]);
  const names = {
    ...Object.fromEntries(outputs),
    [signatures.scoring.inputs.image.name]: perturbedBy(index),
  };
  return { model, prefix: `scoring ${index}/`, names };
}

function slicesOf(steps: number, together: number): readonly Slice[] {
  return Array.from({ length: Math.ceil(steps / together) }, (_, index) => ({
    start: index * together,
    end: Math.min(steps, (index + 1) * together),
  }));
}
