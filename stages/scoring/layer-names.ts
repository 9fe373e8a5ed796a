import type { Model } from '../onnx/model.js';

/** Where a file that gives norms of layers says which they are. */
const key = 'grodin.layers';

/** What is written beside a graph that gives norms of layers: their names in the order of its output, as JSON. */
export const namingLayers = (names: readonly string[]): ReadonlyMap<string, string> =>
  new Map([[key, JSON.stringify(names)]]);

/** The names of the layers that a graph gives norms of, in the order of its output; null where it gives none. */
export function layersNamed({ metadata }: Pick<Model, 'metadata'>): readonly string[] | null {
  const names = metadata.get(key);
  return names === undefined ? null : (JSON.parse(names) as readonly string[]);
}
