import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { installedVersion, packageFolders } from './installed-version.js';

/** Packages that devices need and that npm may have left out. */
const packages = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-node-gpu',
  'webgpu',
];

/** Where parts are looked for. */
export interface PartFolders {
  /** Folders of the kind `node_modules`, the first that has a package counts. */
  readonly packages: readonly string[];
  /** Folders with a JSON file for each Vulkan driver. */
  readonly vulkan: readonly string[];
}

/** What of the parts that devices are made of is there. */
export interface InstalledParts {
  /** Version by package, null where it is not there. */
  readonly packages: Readonly<Record<string, string | null>>;
  /** ONNX Runtime's libraries for single providers, such as CUDA's; paths below its package. */
  readonly providers: readonly string[];
  /** The files of Vulkan's drivers. */
  readonly vulkan: readonly string[];
}

/** What is installed for devices, by what lies on the disk: nothing is loaded, so that it takes milliseconds. */
export async function installedParts(folders: PartFolders = usualFolders()): Promise<InstalledParts> {
  const versions = packages.map(
    async (name) => [name, await installedVersion(name, folders.packages)] as const,
  );
  const vulkan = folders.vulkan.map(async (folder) =>
    (await namesIn(folder)).filter((name) => name.endsWith('.json')).map((name) => join(folder, name)),
  );
  return {
    packages: Object.fromEntries(await Promise.all(versions)),
    providers: await providersIn(folders.packages),
    vulkan: (await Promise.all(vulkan)).flat(),
  };
}

function usualFolders(): PartFolders {
  return {
    packages: packageFolders(),
    vulkan: ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'],
  };
}

async function providersIn(folders: readonly string[]): Promise<readonly string[]> {
  for (const folder of folders) {
    const files = await namesIn(join(folder, 'onnxruntime-node', 'bin'), true);
    if (files.length > 0) return files.filter((file) => file.includes('onnxruntime_providers_'));
  }
  return [];
}

/** Sorted; a folder that isn't there is as if it were empty. */
async function namesIn(folder: string, recursive = false): Promise<readonly string[]> {
  return readdir(folder, { recursive }).then(
    (names) => names.sort(),
    () => [],
  );
}
