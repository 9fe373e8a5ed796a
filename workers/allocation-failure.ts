/**
 * Whether an error says that memory ran out, so that a smaller batch may do: as ONNX Runtime, the C++ library and V8
 * (for the buffers of a batch) say it. WebGPU calls a buffer invalid that it could not allocate.
 */
export function isAllocationFailure(error: unknown): boolean {
  const said =
    /bad[_ ]alloc|failed to allocate memory|out of memory|array buffer allocation failed|max buffer size|\[invalid buffer/i;
  return said.test(String(error));
}
