import type { Tensor } from '../onnx/model.js';
import type { ParameterOptions, ParameterUse } from './parameter.js';
import { patternsOf } from './patterns.js';

/**
 * The name of the parameter that each use belongs to: that of its tensor; with `untie`, one for each use; with `tie`, that
 * of the first tensor of equal elements.
 */
export function parameterNames(
  uses: readonly ParameterUse[],
  tensors: ReadonlyMap<string, Tensor>,
  options: Pick<ParameterOptions, 'tie' | 'untie'>,
): string[] {
  const isUntied = patternsOf(options.untie ?? []);
  const isTied = patternsOf(options.tie ?? []);
  const counts = new Map<string, number>();
  for (const { origin } of uses) counts.set(origin.name, (counts.get(origin.name) ?? 0) + 1);
  const firsts = firstsOfEqual([...counts.keys()].filter(isTied), tensors);
  const seen = new Map<string, number>();
  return uses.map(({ origin: { name } }) => {
    if (isUntied(name)) {
      const place = (seen.get(name) ?? 0) + 1;
      seen.set(name, place);
      return counts.get(name) === 1 ? name : `${name}#${place}`;
    }
    return firsts.get(name) ?? name;
  });
}

/** For each name, the first whose tensor has the same elements. */
function firstsOfEqual(names: readonly string[], tensors: ReadonlyMap<string, Tensor>): Map<string, string> {
  const byElements = new Map<string, string[]>();
  const firsts = new Map<string, string>();
  for (const name of names) {
    const tensor = tensors.get(name);
    const key = tensor ? digestOf(tensor) : '';
    const candidates = byElements.get(key) ?? [];
    byElements.set(key, candidates);
    const first = candidates.find((other) => sameElements(tensors.get(other), tensor));
    firsts.set(name, first ?? name);
    if (first === undefined) candidates.push(name);
  }
  return firsts;
}

/** Equal for tensors of equal elements, and seldom else: comparing each with each would take the square of their number. */
function digestOf({ dims, data }: Tensor): string {
  let digest = 0;
  for (const value of data) digest = Math.imul(digest, 31) + Math.round(Number(value) * 2 ** 20);
  return `${dims}/${digest}`;
}

function sameElements(a: Tensor | undefined, b: Tensor | undefined): boolean {
  if (a?.type !== 'float32' || b?.type !== 'float32' || String(a.dims) !== String(b.dims)) return false;
  return a.data === b.data || a.data.every((value, index) => value === b.data[index]);
}
