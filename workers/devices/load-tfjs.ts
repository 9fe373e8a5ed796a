import { DeviceError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { setting } from '../../stages/setting.js';
import type { Engine } from '../engines/engine.js';
import type { TensorFlow } from '../engines/tfjs/tensorflow.js';
import { type DeviceCare, tensorFlowEngine } from '../engines/tfjs/tfjs-engine.js';
import { careOfWebGpu } from '../engines/tfjs/webgpu-device.js';
import { installation, tensorFlowPackages } from './installation.js';

/** The backends that run on the CPU. */
export type CpuBackend = 'wasm' | 'cpu';

/** TensorFlow.js on the CPU: by WebAssembly, one thread a worker, or by plain JavaScript. @throws DeviceError */
export async function loadCpuBackend(backend: CpuBackend): Promise<Engine> {
  const device = backend === 'wasm' ? 'tfjs' : 'tfjs:cpu';
  const remedy = tensorFlowPackages(backend);
  const tf = await loadCore(device, remedy);
  await importOptional(
    () =>
      backend === 'wasm' ? import('@tensorflow/tfjs-backend-wasm') : import('@tensorflow/tfjs-backend-cpu'),
    device,
    remedy,
  );
  return bind(tf, backend, device, 'install it again with npm ci');
}

/**
 * TensorFlow.js on a GPU by WebGPU, which the package webgpu gives to Node.
 * @param adapter name of the GPU, or null for the one that comes first
 * @throws DeviceError
 */
export async function loadWebGpu(adapter: string | null): Promise<Engine> {
  const device = adapter === null ? 'tfjs-webgpu' : `tfjs-webgpu:${adapter}`;
  const remedy = tensorFlowPackages('webgpu');
  const webgpu = await importOptional(() => import('webgpu'), device, remedy);
  const gpu = webgpu.create(adapter === null ? [] : [`adapter=${adapter}`]);
  Object.assign(globalThis, webgpu.globals);
  // Node 20 has no navigator, later ones have it behind a getter.
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu, userAgent: 'node' },
    configurable: true,
    writable: true,
  });
  await refuseWithoutAdapter(gpu, device);
  const tf = await loadCore(device, remedy);
  await importOptional(() => import('@tensorflow/tfjs-backend-webgpu'), device, remedy);
  return bind(tf, 'webgpu', device, installation.vulkanDriver, () => careOfWebGpu(tf.backend()));
}

/**
 * TensorFlow on an NVIDIA GPU by tfjs-node-gpu; which one CUDA_VISIBLE_DEVICES says, since a process holds one.
 * @throws DeviceError
 */
export async function loadNodeGpu(device: string): Promise<Engine> {
  // In a variable, since it is installed only by those who want it: its types are those of tfjs-core.
  const name = '@tensorflow/tfjs-node-gpu';
  const tf = await importOptional<TensorFlow>(() => import(name), device, installation.nodeGpuPackage);
  const engine = await bind(tf, 'tensorflow', device, 'install CUDA 11.2 and cuDNN 8.1');
  // It takes the CPU silently where its libraries find no GPU.
  const backend: object = tf.backend();
  if ('isUsingGpuDevice' in backend && backend.isUsingGpuDevice === true) return engine;
  throw new DeviceError(
    `${setting('device', device)}: TensorFlow finds no NVIDIA GPU that it can use; install CUDA 11.2 and cuDNN 8.1, and check ` +
      'CUDA_VISIBLE_DEVICES',
  );
}

function loadCore(device: string, remedy: string): Promise<TensorFlow> {
  return importOptional<TensorFlow>(() => import('@tensorflow/tfjs-core'), device, remedy);
}

/** `setBackend` takes another backend silently where the one asked for can't be had. */
async function bind(
  tf: TensorFlow,
  backend: string,
  device: string,
  remedy: string,
  care?: () => DeviceCare,
): Promise<Engine> {
  const said: string[] = [];
  const warn = console.warn;
  console.warn = (...words: unknown[]) => said.push(words.join(' '));
  let isSet = false;
  try {
    isSet = await tf.setBackend(backend);
    await tf.ready();
  } catch (error) {
    said.push(firstLine(error));
  } finally {
    console.warn = warn;
  }
  if (isSet && tf.getBackend() === backend) {
    // Without it TensorFlow.js advertises its other packages in what the run prints.
    tf.enableProdMode();
    return tensorFlowEngine(tf, backend, care?.());
  }
  const why = said.length === 0 ? '' : ` (${firstLine(said.at(-1))})`;
  throw new DeviceError(
    `${setting('device', device)}: TensorFlow.js can't use its backend ${backend} here${why}; ${remedy}`,
  );
}

/** Asks before TensorFlow.js does, which would say less. */
async function refuseWithoutAdapter(gpu: GPU, device: string): Promise<void> {
  let found = false;
  let why = 'there is no GPU that it can use';
  try {
    found = (await gpu.requestAdapter()) !== null;
  } catch (error) {
    why = String(isError(error) ? error.message : error)
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .join(' ');
  }
  if (found) return;
  const remedy = why.includes('name:')
    ? 'name one of these, or leave the name out to take the first'
    : installation.vulkanDriver;
  throw new DeviceError(`${setting('device', device)}: WebGPU is not available (${why}); ${remedy}`);
}

async function importOptional<T>(load: () => Promise<T>, device: string, remedy: string): Promise<T> {
  try {
    const module: T = await load();
    // A CommonJS package's exports, whichever of them Node can tell by name.
    return hasDefault(module) ? module.default : module;
  } catch (error) {
    throw new DeviceError(
      `${setting('device', device)}: can't load an optional package (${firstLine(error)}); install it with: ${remedy}`,
      { cause: error },
    );
  }
}

function hasDefault<T>(module: T): module is T & { readonly default: T } {
  return typeof module === 'object' && module !== null && 'default' in module;
}

function firstLine(error: unknown): string {
  const [line = ''] = String(isError(error) ? error.message : error).split('\n');
  return line.trim();
}
