import type { Lowerings } from './lowerings.js';

/** All forms of each choice that numbers may depend on for speed alone; what a provider gets wrong is no choice. */
const choices: { readonly [Choice in keyof Lowerings]?: readonly Lowerings[Choice][] } = {
  norms: [
    ['rank-one', 'direct'],
    ['rank-one', 'direct', 'gram'],
    ['rank-one', 'direct', 'gram', 'shifted-gram'],
    ['rank-one', 'direct', 'gram', 'shifted-gram', 'correlated'],
    ['rank-one', 'gram'],
  ],
  elementCost: [16, 64, 256, 1024],
  unfolding: ['convolved', 'gathered'],
  transposedConvolution: ['blocked', 'as-is', 'symmetric', 'interleaved'],
  maxPoolGradient: ['scattered', 'scattered-apart', 'compared'],
  vectorNorms: ['each', 'together'],
  layout: ['channels-first', 'channels-last'],
  linear: ['gemm', 'convolved'],
  products: ['whole', 'in-parts'],
  biases: ['added', 'subtracted'],
  gates: ['multiplied', 'selected'],
  positionSum: ['pooled', 'reduced', 'multiplied'],
  stridedPointwise: ['resized', 'transposed'],
  normalization: ['folded', 'kept'],
  rectifiedPool: ['pooled-first', 'kept'],
  spread: ['resized', 'broadcast'],
  channelScale: ['depthwise', 'broadcast'],
};

/** Names of the choices. */
export const choiceNames: readonly string[] = Object.keys(choices);

/** These forms with one choice made otherwise, each by a name such as `gates: selected`. */
export function otherForms(usual: Lowerings): Readonly<Record<string, Lowerings>> {
  const others: Record<string, Lowerings> = {};
  for (const [choice, forms] of Object.entries(choices))
    for (const form of forms) {
      const other: Lowerings = { ...usual, [choice]: form };
      const isUsual = String(other[choice as keyof Lowerings]) === String(usual[choice as keyof Lowerings]);
      if (!isUsual) others[`${choice}: ${Array.isArray(form) ? form.join(', ') : form}`] = other;
    }
  return others;
}
