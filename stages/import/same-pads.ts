/** How a window moves along one axis of a size. */
interface Moving {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

/** The values of `auto_pad` by which windows start at every stride-th element. */
export type SameMode = 'SAME_UPPER' | 'SAME_LOWER';

export const isSameMode = (mode: string): mode is SameMode => mode === 'SAME_UPPER' || mode === 'SAME_LOWER';

/** Pads before and behind for ⌈size / stride⌉ windows; of an odd number one more behind, or before with SAME_LOWER. */
export function samePads(
  mode: SameMode,
  { size, kernel, stride, dilation }: Moving,
): readonly [begin: number, end: number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + dilation * (kernel - 1) + 1 - size);
  const small = Math.floor(total / 2);
  return mode === 'SAME_UPPER' ? [small, total - small] : [total - small, small];
}
