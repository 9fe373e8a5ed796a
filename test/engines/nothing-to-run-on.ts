import type { ExecutionContext } from 'ava';

/** Where no GPU is, .ci/run brings a software one, and says that WebGPU must be there. */
export const webGpuIsRequired = process.env.GRODIN_TEST_WEBGPU === 'required';

/** Ends a test of WebGPU that finds none: it fails where there must be one. */
export function nothingToRunOn(t: ExecutionContext, why: string, required = webGpuIsRequired): void {
  t.log(`nothing to run on: ${why}`);
  if (required) t.fail(`it must be there, but: ${why}`);
  else t.pass();
}
