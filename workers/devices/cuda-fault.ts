import { setting } from '../../stages/setting.js';
import { engineWords } from '../engines/engine-words.js';
import { type Device, deviceText } from './device.js';

/** What each of CUDA's error numbers (`cudaError` in its runtime API) means for who starts a program, and what to do. */
const faults: ReadonlyMap<number, (gpu: string) => string> = new Map([
  [2, (gpu) => `${gpu} has no memory left; nvidia-smi lists what uses it: end that, or take another GPU`],
  [
    35,
    () =>
      "NVIDIA's driver is older than this CUDA takes; install a newer one (nvidia-smi names the newest CUDA that it takes)",
  ],
  [
    46,
    (gpu) =>
      `${gpu} lets no further process in; nvidia-smi -q -d COMPUTE tells its compute mode, and nvidia-smi who is at it: wait, or take another GPU`,
  ],
  [100, absent],
  [101, absent],
  [
    209,
    (gpu) =>
      `this build of ONNX Runtime has no code for ${gpu}, whose kind is too old or too new for it; take another GPU`,
  ],
  [
    214,
    (gpu) =>
      `${gpu} has found memory of its own damaged (ECC); it needs a reset by who keeps the machine: take another GPU`,
  ],
  [
    802,
    () =>
      "the GPUs of this machine are not ready; NVIDIA's fabric manager must run (systemctl status nvidia-fabricmanager)",
  ],
  [
    803,
    () =>
      "NVIDIA's driver in the kernel and its libraries are of two versions; restart the machine, or take the container's libraries from the host",
  ],
  [804, () => "NVIDIA's driver takes this CUDA on GPUs for data centres only; install a newer driver"],
]);

function absent(gpu: string): string {
  return (
    `CUDA finds no ${gpu} for this process; numbers begin at 0, nvidia-smi -L lists the GPUs of this machine, and ` +
    'CUDA_VISIBLE_DEVICES may hide some'
  );
}

/**
 * What to say where a provider was loaded, and CUDA refuses the GPU.
 * @param said by the provider
 * @returns null where something else is wrong
 */
export function cudaFault(said: string, device: Device): string | null {
  const found = refusal(said);
  if (found === null) return null;
  const { number, words } = found;
  const gpu = `GPU ${device.which ?? 0}`;
  const known = faults.get(number);
  const what = known?.(gpu) ?? `${gpu} fails; nvidia-smi tells what state it is in: take another GPU`;
  const told = known === absent ? '' : ` (${words})`;
  return `${setting('device', deviceText(device))}: ${what}, or use ${setting('device', 'cpu')}${told}`;
}

interface Refusal {
  /** Of the error, as CUDA has it. */
  readonly number: number;
  readonly words: string;
}

function refusal(said: string): Refusal | null {
  const words = engineWords(said);
  const number = /^CUDA failure (\d+)\b/i.exec(words)?.[1];
  if (number !== undefined) return { number: Number(number), words };
  // ONNX Runtime's own arenas ask for memory too.
  return /^failed to allocate memory/i.test(words) ? { number: 2, words } : null;
}
