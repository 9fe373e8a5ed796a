import { ModelError } from '../errors.js';
import { elementsPerImage, formatShape } from '../graph/shape.js';
import { spreadOverPositions } from '../lowerings/spread.js';
import { valueAt } from './operands.js';
import { alsoOverWindowsAsChannels } from './windows-as-channels.js';

/** The mean over all positions: [N, C, H, W] → [N, C, 1, 1]. */
export const globalAveragePool = alsoOverWindowsAsChannels({
  type: 'GlobalAveragePool',
  inputs: [1, 1],
  forward(context) {
    const x = valueAt(context, 0);
    if (x.shape.length < 3)
      throw new ModelError(`input has shape ${formatShape(x.shape)}, which has no positions`);
    return [
      context.builder.emit(
        'GlobalAveragePool',
        [x],
        {},
        { shape: x.shape.map((size, axis) => (axis < 2 ? size : 1)) },
      ),
    ];
  },
  backward(context) {
    const { shape } = valueAt(context, 0);
    const { builder: b, cotangent, lowerings } = context;
    return spreadOverPositions(b, cotangent, 1 / elementsPerImage(shape.slice(2)), shape, lowerings);
  },
});
