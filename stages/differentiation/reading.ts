import { keepsCodeInConstants } from '../import/module-state.js';
import type { Constant, Origin } from '../import/operand.js';
import { settingsOf } from '../import/settings.js';
import { elementCount, type Node, type Tensor } from '../onnx/model.js';
import { patternsOf } from './patterns.js';

/**
 * How constants are to be taken by what reads them: as what the file declares, as part of a module's state, or as numbers
 * that the code holds.
 * @param trainable patterns of those that are parameters although they look like numbers of the code
 */
export function readingOf(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
  producer: string,
  trainable: readonly string[],
): (name: string, constant: Constant) => Constant {
  const settings = settingsOf(nodes);
  const isTrainable = patternsOf(trainable);
  const codeIsConstant = keepsCodeInConstants(producer, nodes, initializers);
  const kindOf = (name: string, origin: Origin): Partial<Origin> => {
    const isSetting = settings.all.has(name);
    const mayBeCode = isSetting || elementCount(origin.dims) === 1;
    if (mayBeCode && isTrainable(origin.name)) return { isState: true };
    if (isSetting && origin.isState !== true) return { isCode: true };
    return origin.declared === 'constant node' && codeIsConstant ? { isCode: true } : {};
  };
  return (name, constant) => {
    const { origin } = constant;
    if (origin === null || settings.fixed.has(name)) return { ...constant, origin: null };
    return { ...constant, origin: { ...origin, ...kindOf(name, origin) } };
  };
}
