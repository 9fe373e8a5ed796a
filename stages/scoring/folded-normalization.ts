import { gradientDetectors } from '../detectors/index.js';
import type { Node } from '../onnx/model.js';
import { inWords } from '../shown.js';

/** What torch.onnx.export calls a constant that it computed for a convolution: kernels and bias with what was folded in. */
const computedBias = /^onnx::Conv_\d+$/;

/** Fewer convolutions without BatchNormalization say nothing of a network: those of a patch embedding have biases. */
const several = 3;

const consequence =
  `γ and β are then no parameters of their own, and ${inWords(gradientDetectors)} differ from those of the network as ` +
  'it was trained';
const remedy =
  'to keep it, export after model.eval() with training=torch.onnx.TrainingMode.PRESERVE and do_constant_folding=False';

/**
 * What there is to say of BatchNormalization that seems to have been folded into convolutions when the file was
 * exported, or null. A file does not say so itself: names of constants tell it, or convolutions with biases where others
 * have BatchNormalization, which networks without it have too.
 * @param nodes those that the logits need
 */
export function foldedNormalizationNote(nodes: readonly Node[]): string | null {
  const convolutions = nodes.filter(({ type, domain }) => type === 'Conv' && domain === '');
  const biases = convolutions.flatMap(({ inputs: [, , bias] }) => bias || []);
  const computed = biases.filter((bias) => computedBias.test(bias));
  if (computed.length > 0)
    return (
      `BatchNormalization seems to have been folded into ${computed.length} of ${convolutions.length} convolutions ` +
      `(their biases are named as ${computed[0]}, by the exporter): ${consequence}; ${remedy}`
    );
  const isNormalized = nodes.some(({ type }) => type.endsWith('Normalization'));
  if (isNormalized || convolutions.length < several || biases.length < convolutions.length) return null;
  return (
    `all ${convolutions.length} convolutions have biases and there is no BatchNormalization: if the network was trained ` +
    `with it, it was folded when the file was exported, ${consequence}; ${remedy}; ` +
    'a network without BatchNormalization, such as VGG-16, is as it should be'
  );
}
