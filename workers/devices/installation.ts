/**
 * The commands that install what npm does not always bring, each with what it needs in turn. A machine may lack several of
 * them, and its first complaint is of one only.
 */
export const installation = {
  nvidiaDriver:
    "install NVIDIA's driver (on Debian: apt-get install nvidia-driver, on Ubuntu: ubuntu-drivers install)",
  cuda:
    'ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js ' +
    "(it needs NVIDIA's driver, CUDA 12 and cuDNN 9, and docs/devices.md says how on CUDA 13)",
  tensorrt:
    'ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js ' +
    "(it needs NVIDIA's driver, CUDA 12, cuDNN 9 and TensorRT 10)",
  vulkanDriver:
    'install a Vulkan driver for the GPU and the loader (on Debian: apt-get install libvulkan1 mesa-vulkan-drivers)',
  nodeGpuPackage:
    "npm install @tensorflow/tfjs-node-gpu@4.22.0 (it needs NVIDIA's driver, CUDA 11.2 and cuDNN 8.1)",
} as const;

/** The command for all packages that a backend of TensorFlow.js needs, in the versions that they are tested in. */
export function tensorFlowPackages(backend: 'wasm' | 'cpu' | 'webgpu'): string {
  const packages = `@tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-${backend}@4.22.0`;
  return `npm install ${backend === 'webgpu' ? `webgpu@0.6.2 ${packages}` : packages}`;
}
