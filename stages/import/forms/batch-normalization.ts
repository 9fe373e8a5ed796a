import { ModelError } from '../../errors.js';
import { intAttribute } from '../attributes.js';
import type { OlderForm } from './older-form.js';

/**
 * Until operator set 8 it could have statistics of each pixel; until operator set 13 training was told by further
 * outputs, which exporters leave in networks that they evaluate.
 */
export const olderBatchNormalization: OlderForm = {
  types: ['BatchNormalization'],
  until: 13,
  rewrite(node, { isRead }) {
    if (intAttribute(node, 'spatial', 1) === 0)
      throw new ModelError(
        'spatial is 0: statistics of each pixel are not supported; export the model with opset_version=17',
      );
    const attributes = new Map(node.attributes);
    attributes.delete('spatial');
    const [output = '', ...statistics] = node.outputs;
    return [{ ...node, outputs: statistics.some(isRead) ? node.outputs : [output], attributes }];
  },
};
