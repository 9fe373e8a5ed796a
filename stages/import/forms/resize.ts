import { text } from '../../graph/builder.js';
import type { OlderForm } from './older-form.js';

/** How pixels were taken before operator set 11, in which there was no choice. */
const asymmetric = [
  ['coordinate_transformation_mode', text('asymmetric')],
  ['nearest_mode', text('floor')],
] as const;

/** Upsample (its scales were an attribute until operator set 8), and the Resize of operator set 10. */
export const olderResize: OlderForm = {
  types: ['Upsample', 'Resize'],
  until: 10,
  rewrite(node, added) {
    const scales = node.attributes.get('scales');
    const attributes = new Map([...node.attributes, ...asymmetric]);
    attributes.delete('scales');
    const [input = '', given] = node.inputs;
    const name =
      scales?.kind === 'floats'
        ? added.constant(`scales of ${node.name}`, {
            type: 'float32',
            dims: [scales.value.length],
            data: Float32Array.from(scales.value),
          })
        : (given ?? '');
    return [{ ...node, type: 'Resize', inputs: [input, '', name], attributes }];
  },
};
