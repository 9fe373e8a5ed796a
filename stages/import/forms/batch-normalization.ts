import { ModelError } from '../../errors.js';
import { intAttribute } from '../attributes.js';
import type { OlderForm } from './older-form.js';

/** Until operator set 8 it could have statistics of each pixel. */
export const pixelStatistics: OlderForm = {
  types: ['BatchNormalization'],
  until: 8,
  rewrite(node) {
    if (intAttribute(node, 'spatial', 1) === 0)
      throw new ModelError(
        'spatial is 0: statistics of each pixel are not supported; export the model with opset_version=17',
      );
    const attributes = new Map(node.attributes);
    attributes.delete('spatial');
    return [{ ...node, attributes }];
  },
};
