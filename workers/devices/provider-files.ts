import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isThere } from '../../manifests/output/file-system.js';

/** The libraries of one of ONNX Runtime's providers, as they lie on the disk. */
export interface ProviderFiles {
  /** Where ONNX Runtime looks for them: beside its own library. */
  readonly folder: string;
  /** The version that they must be of. */
  readonly version: string;
}

/** Where `onnxruntime-node` keeps its libraries, or null where that can't be told. */
export async function providerFiles(version: string): Promise<ProviderFiles | null> {
  try {
    const require = createRequire(import.meta.url);
    const bin = join(dirname(require.resolve('onnxruntime-node/package.json')), 'bin');
    const [api] = (await readdir(bin)).filter((name) => name.startsWith('napi-'));
    return api === undefined ? null : { folder: join(bin, api, process.platform, process.arch), version };
  } catch {
    return null;
  }
}

/** Names of what a library needs and the loader doesn't find, by `ldd`; none where there is no such program. */
export type MissingLibraries = (file: string) => Promise<readonly string[]>;

/**
 * Why a provider of ONNX Runtime can't be loaded, in words that follow its name: a file that isn't there, a library that
 * it needs, or another version. Null where none of them is seen.
 * @param provider as in the name of its file, for example `cuda`
 */
export async function whyNotLoaded(
  { folder, version }: ProviderFiles,
  provider: string,
  missingLibraries: MissingLibraries = missingByLdd,
): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  const files = ['shared', provider].map((name) => `libonnxruntime_providers_${name}.so`);
  for (const file of files) {
    if (!(await isThere(join(folder, file)))) return `${file} isn't in ${folder}`;
  }
  const missing = await missingLibraries(fileOf({ folder, version }, provider));
  if (missing.length > 0) {
    const folders = 'LD_LIBRARY_PATH';
    return `it needs ${missing.join(', ')}, not found on this machine${needed(missing)}; or name the folders that hold them in ${folders}`;
  }
  return otherVersion({ folder, version }, provider);
}

/** That a provider is of another version than the runtime, which may load and run it all the same; null where it is of the same. */
export async function otherVersion(files: ProviderFiles, provider: string): Promise<string | null> {
  const file = fileOf(files, provider);
  if (!(await isThere(file)) || (await holds(file, files.version))) return null;
  return `${file} is not of ONNX Runtime ${files.version}, which onnxruntime-node brings here: both must be of one version`;
}

function fileOf({ folder }: ProviderFiles, provider: string): string {
  return join(folder, `libonnxruntime_providers_${provider}.so`);
}

/** What brings missing libraries, by the numbers in their names. */
function needed(missing: readonly string[]): string {
  const numbers = missing.flatMap((name) => /^lib(?:cublas\w*|cudart)\.so\.(\d+)/.exec(name)?.[1] ?? []);
  const cuda = numbers[0] === undefined ? [] : [`CUDA ${numbers[0]}`];
  const cudnn = missing.flatMap((name) => /^libcudnn\.so\.(\d+)/.exec(name)?.[1] ?? []);
  const parts = [
    ...(missing.includes('libcuda.so.1') ? ["NVIDIA's driver"] : []),
    ...cuda,
    ...cudnn.slice(0, 1).map((number) => `cuDNN ${number}`),
  ];
  return parts.length === 0 ? '' : `: install ${parts.join(' and ')}`;
}

async function missingByLdd(file: string): Promise<readonly string[]> {
  try {
    const { stdout } = await promisify(execFile)('ldd', [file]);
    return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].flatMap(([, name]) => name ?? []);
  } catch {
    return [];
  }
}

/** Whether a file holds a text somewhere, read in pieces: providers take hundreds of megabytes. */
async function holds(file: string, text: string): Promise<boolean> {
  let end = '';
  for await (const piece of createReadStream(file, { encoding: 'latin1', highWaterMark: 1 << 20 })) {
    const both = `${end}${piece}`;
    if (both.includes(text)) return true;
    end = both.slice(-text.length);
  }
  return false;
}
