import { cpus } from 'node:os';
import { installedVersion } from '../../workers/devices/installed-version.js';
import { packageVersion } from '../store/package-version.js';

/** What a run's numbers may depend on beyond its inputs, for its record. */
export async function softwareVersions(): Promise<Record<string, string>> {
  return {
    grodin: await packageVersion(),
    node: process.version,
    'onnxruntime-node': await required('onnxruntime-node'),
    sharp: await required('sharp'),
    'apache-arrow': await required('apache-arrow'),
    ...(await optionalVersions()),
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
  };
}

async function required(name: string): Promise<string> {
  return (await installedVersion(name)) ?? 'unknown';
}

const optionalPackages = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-node-gpu', 'webgpu'];

/** Those of the TensorFlow.js engine that are installed. */
async function optionalVersions(): Promise<Record<string, string>> {
  const found = await Promise.all(
    optionalPackages.map(async (name) => [name, await installedVersion(name)] as const),
  );
  return Object.fromEntries(found.flatMap(([name, version]) => (version === null ? [] : [[name, version]])));
}
