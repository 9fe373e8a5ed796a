import { $ } from 'zx';

/** Each NVIDIA GPU of this machine with its driver, a line each; none where nobody can tell. */
export async function gpuNames(): Promise<readonly string[]> {
  const asked = $({ nothrow: true, quiet: true });
  const { exitCode, stdout } = await asked`nvidia-smi --query-gpu=name,driver_version --format=csv,noheader`;
  return exitCode === 0 ? stdout.trim().split('\n') : [];
}
