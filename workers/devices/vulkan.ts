import { tmpdir } from 'node:os';

/** Drivers of Vulkan complain on standard error of a missing desktop, as there is none on clusters, unless this is set. */
export function withoutDesktop(): Record<string, string> {
  return process.env.XDG_RUNTIME_DIR ? {} : { XDG_RUNTIME_DIR: tmpdir() };
}
