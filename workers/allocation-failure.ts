/**
 * Whether an error says that memory ran out, so that a smaller batch may do: as ONNX Runtime, the C++ library and V8
 * (for the buffers of a batch) say it.
 */
export function isAllocationFailure(error: unknown): boolean {
  return /bad[_ ]alloc|failed to allocate memory|out of memory|array buffer allocation failed/i.test(
    String(error),
  );
}
