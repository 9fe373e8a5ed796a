import { z } from 'zod';

/** A kind of value that a scheduler takes: what is not one would fail later, or be taken for something else. */
export interface ClusterValue {
  /** What is expected, for messages. */
  readonly expected: string;
  readonly accepts: (text: string) => boolean;
}

/** What accepts it as a key of a configuration. */
export function valueSchema({ expected, accepts }: ClusterValue) {
  return z.string({ error: `expected ${expected}` }).refine(accepts, { error: `expected ${expected}` });
}
