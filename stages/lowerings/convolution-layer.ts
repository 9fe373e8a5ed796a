import type { Value } from '../graph/builder.js';
import type { Window } from '../graph/convolution.js';
import type { Lowerings } from './lowerings.js';

/** A convolution that is being differentiated. */
export interface ConvolutionLayer {
  /** [N, C, H, W] */
  readonly x: Value;
  /** δ, [N, O, H′, W′] */
  readonly cotangent: Value;
  readonly window: Window;
  readonly groups: number;
  /** The number of images, or null where it is free. */
  readonly batch: number | null;
  readonly lowerings: Pick<Lowerings, 'norms' | 'unfolding' | 'elementCost' | 'layout'>;
}
