import { javaScriptMemory, webAssemblyMemory } from '../engines/tfjs/tfjs-memory.js';
import type { DeviceKind } from './device.js';

/** TensorFlow.js on the CPU, one thread a worker: by WebAssembly, or by plain JavaScript to check the others by. */
export const tfjs: DeviceKind = {
  name: 'tfjs',
  description: 'TensorFlow.js on the CPU (WebAssembly, or tfjs:cpu for plain JavaScript)',
  engine: 'tfjs',
  lowerings: 'portable',
  precisions: ['fp32'],
  eachHas: 'cores',
  memoryUse: (which) => (which === 'cpu' ? javaScriptMemory : webAssemblyMemory),
  choice: {
    words: 'the backends wasm or cpu',
    accepts: (which) => which === 'wasm' || which === 'cpu',
    shared: true,
  },
  all: async () => [{ name: 'tfjs', which: null }],
  load: async ({ which }) => {
    const { loadCpuBackend } = await import('./load-tfjs.js');
    return loadCpuBackend(which === 'cpu' ? 'cpu' : 'wasm');
  },
};
