import type { Node } from '../onnx/model.js';

interface Remedy {
  readonly of: (node: Pick<Node, 'type' | 'domain'>) => boolean;
  readonly text: string;
}

const named =
  (pattern: RegExp): Remedy['of'] =>
  ({ type }) =>
    pattern.test(type);

/** What to do about operations that no rule will do justice, the first that fits. */
const remedies: readonly Remedy[] = [
  {
    of: ({ type, domain }) => domain === '' && type === 'DequantizeLinear',
    text: 'the model is quantised: its weights are stored as whole numbers of a few levels, which no gradient moves; give the floating-point model that it was made from',
  },
  {
    of: named(/^(Random(Normal|Uniform)(Like)?|Bernoulli|Multinomial)$/),
    text: 'it draws random numbers, as layers do while they are trained, so that scores would differ from run to run; export the model in evaluation mode, after model.eval()',
  },
  {
    of: ({ type, domain }) =>
      domain === '' && /^(Sequence(Empty|At|Insert|Length)|SplitToSequence)$/.test(type),
    text: 'it computes with a list of tensors, which is not supported; PyTorch writes repeat_interleave so where the number of images is free: export the model for one image at a time, without dynamic_axes, or write it with expand and reshape',
  },
  {
    of: named(/^(QLinear|QGemm|QAttention|QMoE|QOrdered)|[Qq]uantize|Integer(ToFloat)?$|NBits$|Bnb4$/),
    text: 'the model is quantised, and numbers that are rounded to a few levels have no gradient; give the floating-point model that it was made from',
  },
  {
    of: ({ type, domain }) => domain === '' && type === 'Range',
    text: 'it counts up to what is known only with the images, as PyTorch writes x[:, i, j] = y where their number is free; export the model for one image at a time, without dynamic_axes, or write it with torch.where and a mask',
  },
  {
    of: ({ type, domain }) => domain === '' && /^(If|Loop|Scan|SequenceMap)$/.test(type),
    text: 'what runs is decided while the model runs, and such control flow is not supported; export the model for one size of images, by tracing it',
  },
  {
    of: named(/^(ArgMax|ArgMin|TopK|OneHot|NonMaxSuppression|RoiAlign|NonZero)$/),
    text: 'it works with places that the image decides, which is not supported; if it only ranks the classes, name the output with the logits, or export the model with it',
  },
  {
    of: named(/^(ConvTranspose|MaxUnpool)$/),
    text: 'it makes maps larger, as networks do that give an image rather than classes, and is not supported; give a classifier without it',
  },
  {
    of: (node) => recurrentLayer([node]) !== undefined,
    text: 'recurrent layers are not supported: the gradient of their weights would pass back through every step of each image; give a network of convolutions or attention',
  },
  {
    of: named(/^Sequence|Sequence$|^Optional|^ZipMap$|^DictVectorizer$|Map$/),
    text: 'sequences and maps are not tensors; export the model with tensors alone (from scikit-learn with options={"zipmap": False}), or name another output',
  },
  {
    of: ({ domain }) => domain.startsWith('ai.onnx.ml'),
    text: 'this is no operation of a neural network, and has no gradient by parameters; give a network',
  },
  {
    of: ({ domain }) => domain === 'com.microsoft.nchwc' || domain.startsWith('com.ms.internal'),
    text: "the file was optimised by ONNX Runtime for one kind of processor; give the model as it was before, or optimised at level 'extended' at most",
  },
  {
    of: ({ domain }) => domain === 'com.microsoft',
    text: "it is an operation of ONNX Runtime's own, as its optimiser writes them; give the model as it was before it was optimised",
  },
  {
    of: ({ domain }) => domain !== '' && domain !== 'ai.onnx',
    text: 'neither the standard nor a local function of the file says what it does; export the model in standard operations',
  },
];

/** The recurrent layer among nodes, if there is one: what makes its first state is refused for less. */
export const recurrentLayer = <N extends Pick<Node, 'type' | 'domain'>>(nodes: readonly N[]): N | undefined =>
  nodes.find(({ type, domain }) => domain === '' && /^(LSTM|GRU|RNN)$/.test(type));

/** What to do about a node of an operation that is not supported, where there is more to say than that. */
export function remedyFor(node: Pick<Node, 'type' | 'domain'>): string | undefined {
  return remedies.find(({ of }) => of(node))?.text;
}
