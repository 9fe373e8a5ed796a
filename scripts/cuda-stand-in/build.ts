#!/usr/bin/env node
/**
 * Builds libraries that stand in for CUDA's on a machine without a GPU, so that ONNX Runtime's real CUDA provider opens
 * and runs graphs there: which nodes it takes, how much of a GPU's memory it asks for, which GPU each thread is bound to,
 * and everything around the kernels is then as on a GPU. Kernels do nothing, and all values are made up.
 */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $ } from 'zx';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { runScript, scriptProgram } from '../script-program.js';
import { type Imported, importedBy, standInSource } from './functions.js';

/** The libraries that the provider is linked with or looks for, and what of them is written by hand. */
const libraries = [
  { file: 'libcudart.so.13', source: 'cuda-runtime.c' },
  { file: 'libcublas.so.13', source: 'cublas.c' },
  { file: 'libcublasLt.so.13', source: 'cublas-lt.c' },
  // By this name the provider opens it itself, with functions that it looks up by theirs.
  { file: 'libcudnn.so', source: 'cudnn.c' },
  { file: 'libcurand.so.10', source: null },
  { file: 'libcuda.so.1', source: null },
] as const;

/** `nvidia-smi`, as far as grodin asks it. */
const managementProgram = `#!/bin/sh
case "$*" in
  *memory.total*) what="\${STAND_IN_MIB:-81559}" ;;
  *index*) what= ;;
  *) what="stand-in, 0, 0" ;;
esac
gpu=0
while [ "$gpu" -lt "\${STAND_IN_GPUS:-1}" ]; do echo "\${what:-$gpu}"; gpu=$((gpu + 1)); done
`;

process.exitCode = await runScript(
  scriptProgram(
    'cuda-stand-in',
    "Build libraries that stand in for CUDA's on a machine without a GPU, for ONNX Runtime's real CUDA provider. Kernels do nothing.",
  )
    .argument('<provider>', 'libonnxruntime_providers_cuda.so, of CUDA 13')
    .argument('<folder>', 'where the libraries go, and a program that stands in for nvidia-smi')
    .action(build),
);

async function build(provider: string, folder: string): Promise<void> {
  const sources = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'scripts', 'cuda-stand-in');
  await makeFolder(folder);
  const imported = await importedBy(resolve(provider));
  for (const { file, source } of libraries) {
    const written = source === null ? '' : await readFile(join(sources, source), 'utf8');
    await compile(folder, file, standInSource(written, namesOf(imported, file)));
  }
  const program = join(folder, 'nvidia-smi');
  await writeFile(program, managementProgram);
  await chmod(program, 0o755);
  console.log(`export LD_LIBRARY_PATH=${resolve(folder)} PATH=${resolve(folder)}:$PATH`);
}

function namesOf(imported: Imported, file: string): readonly string[] {
  return file === 'libcudnn.so' ? imported.looksUp : (imported.linked.get(file) ?? []);
}

/** One library; what it takes from CUDA's runtime library is found when both are loaded. */
async function compile(folder: string, file: string, source: string): Promise<void> {
  const code = join(folder, `${file}.c`);
  const versions = join(folder, `${file}.versions`);
  await writeFile(code, source);
  await writeFile(versions, `${file} { global: *; };\n`);
  const runtime = file === 'libcudart.so.13' ? [] : [join(folder, 'libcudart.so.13')];
  await $`gcc -w -O1 -shared -fPIC -pthread -o ${join(folder, file)} -Wl,-soname,${file} -Wl,--version-script=${versions} ${code} ${runtime}`.quiet();
}
