import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { packageVersion } from '../cli/version.js';

/** What a run's numbers may depend on beyond its inputs, for its record. */
export async function softwareVersions(): Promise<Record<string, string>> {
  return {
    grodin: await packageVersion(),
    node: process.version,
    'onnxruntime-node': await installedVersion('onnxruntime-node'),
    sharp: await installedVersion('sharp'),
    'apache-arrow': await installedVersion('apache-arrow'),
    ...(await optionalVersions()),
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
  };
}

const optionalPackages = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-node-gpu', 'webgpu'];

/** Those of the TensorFlow.js engine that are installed. */
async function optionalVersions(): Promise<Record<string, string>> {
  const found = await Promise.all(
    optionalPackages.map(async (name) => [name, await installedVersion(name)] as const),
  );
  return Object.fromEntries(found.filter(([, version]) => version !== unknown));
}

const unknown = 'unknown';

/** Read from the package's own file, so that the package itself is not loaded. */
async function installedVersion(name: string): Promise<string> {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const text = await readFile(join(folder, name, 'package.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    const content: { version?: unknown } = JSON.parse(text);
    return String(content.version);
  }
  return unknown;
}
