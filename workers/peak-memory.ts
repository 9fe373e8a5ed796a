import { readFileSync } from 'node:fs';

/**
 * The most of this process that was resident at one time, in bytes. Linux's `getrusage` counts what the parent had when it
 * forked; its `/proc` does not.
 */
export function peakMemory(): number {
  return peakOnLinux() ?? process.resourceUsage().maxRSS * 1024;
}

function peakOnLinux(): number | null {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
