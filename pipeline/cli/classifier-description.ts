import type {
  ClassifierDescription,
  HeadDescription,
  HeadTensor,
} from '../../stages/features/describe-classifier.js';

/** What a model is to detectors, as rows of a name, where it is in the file, its shape and what is to be known of it. */
export function descriptionRows({ image, logits, head, reason }: ClassifierDescription): string[][] {
  const { channels, height, width, batch } = image;
  const images = batch ?? 'N';
  const pixels = image.channelsLast ? [images, height, width, channels] : [images, channels, height, width];
  const closing = logits.softmax === null ? '' : `before node ${logits.softmax}, which closes the network`;
  return [
    ['', 'tensor', 'shape', ''],
    ['image', image.name, shaped(pixels), image.channelsLast ? 'channels last' : ''],
    ['logits', logits.name, shaped(['N', logits.classes]), closing],
    ...(head === null ? [['features', '–', '', `not found: ${reason}`]] : headRows(head)),
  ];
}

function headRows({ node, operation, features, weight, biases }: HeadDescription): string[][] {
  const read = `${features.form === 'as it is' ? '' : `${features.form}, `}read by node ${node} (${operation})`;
  const shared = weight.sharedWith.length === 0 ? [] : [`shared with node ${weight.sharedWith.join(', ')}`];
  const order = { KD: 'as [K, D]', DK: 'transposed: as [D, K]', other: 'in another order' }[weight.order];
  return [
    ['features', features.tensor ?? `inside of node ${node}`, shaped(['N', features.size]), read],
    ['W', nameOf(weight), shaped(weight.shape), [order, ...scaleOf(weight), ...shared].join(', ')],
    ...biases.map((bias) => ['b', nameOf(bias), shaped(bias.shape), scaleOf(bias).join()]),
    ...(biases.length === 0 ? [['b', '–', '', 'none']] : []),
    ...(biases.length > 1 ? [['', '', '', 'b is the sum of these']] : []),
  ];
}

const shaped = (sizes: readonly (number | string)[]): string => `[${sizes.join(', ')}]`;

const nameOf = ({ name }: HeadTensor): string => name ?? 'computed of constants';

function scaleOf({ scale }: HeadTensor): string[] {
  if (typeof scale !== 'number') return ['times a number for each class'];
  return scale === 1 ? [] : [`times ${scale}`];
}
