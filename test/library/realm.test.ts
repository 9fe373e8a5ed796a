import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { guarded } from '../../pipeline/processes/listeners.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Loads the library in a context of its own, as Jest does: Node's errors and promises are not of its classes. */
const program = `
import { readFile } from 'node:fs/promises';
import vm from 'node:vm';

const shared = {
  ...{ process, Buffer, URL, AbortSignal, AbortController, structuredClone, performance, console },
  ...{ TextDecoder, TextEncoder, Uint8Array, ArrayBuffer, setTimeout, clearTimeout, setImmediate },
};
const context = vm.createContext(shared);
const modules = new Map();
const load = (name, from) => {
  const url = name.startsWith('.') ? new URL(name, from).href : name;
  const there = modules.get(url) ?? (url.startsWith('file:') ? ours(url) : theirs(url));
  modules.set(url, there);
  return there;
};
const ours = async (url) =>
  new vm.SourceTextModule(await readFile(new URL(url), 'utf8'), {
    ...{ context, identifier: url, initializeImportMeta: (meta) => { meta.url = url; } },
    importModuleDynamically: async (name) => evaluated(await load(name, url)),
  });
const theirs = async (name) => {
  const found = await import(name);
  return new vm.SyntheticModule(Object.keys(found), function () {
    for (const key of Object.keys(found)) this.setExport(key, found[key]);
  }, { context });
};
const evaluated = async (module) => {
  if (module.status === 'unlinked') await module.link((name, { identifier }) => load(name, identifier));
  await module.evaluate();
  return module;
};
const grodin = (await evaluated(await load(PLACE))).namespace;
const said = [];
for (const call of [
  () => grodin.compile('no.onnx'), () => grodin.readManifest('no.csv'), () => grodin.readExperiment('no.json'),
  () => grodin.tarManifest(['no.tar']), () => grodin.folderManifest('no'), () => grodin.status('no'),
  () => grodin.writeManifest('out/list.csv', [{ path: '0.png', label: 0 }]),
])
  said.push(await call().then(() => 'done', (error) => error instanceof grodin.InputError ? error.message : error.stack));
console.log(JSON.stringify(said));
`;

test('the library works in a realm of its own, as programs have that Jest tests', async (t) => {
  const folder = await temporaryFolder(t);
  const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));
  await symlink(modules, join(folder, 'node_modules'));
  const place = new URL('../../pipeline/index.js', import.meta.url).href;
  const args = ['--experimental-vm-modules', '--no-warnings', '--input-type=module', '--eval'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...args, program.replaceAll('PLACE', JSON.stringify(place))],
    { cwd: folder },
  );
  const said: string[] = JSON.parse(stdout);
  const [model, manifest, experiment, tar, images, run, written] = said;
  t.is(model, 'no.onnx: no such model file; check the path');
  t.is(manifest, 'no.csv: no such manifest file; check the path');
  t.is(experiment, 'no.json: no such experiment file; check the path');
  t.is(tar, 'no.tar: no such archive; check the path');
  t.is(images, "no: can't be listed (no such folder); expected a folder of images");
  t.regex(run ?? '', /no: holds no run \(there is no /);
  t.is(written, 'done');
});

test('what a listener rejects with is heard of whatever class its promise is', async (t) => {
  const failed = new AbortController();
  const wanted = new Error('enough');
  // biome-ignore lint/suspicious/noThenProperty: a promise of another library
  const rejecting = () => ({ then: (_: unknown, reject: (error: Error) => void) => reject(wanted) });
  guarded<string>(rejecting, failed)('said');
  await new Promise(setImmediate);
  t.is(failed.signal.reason, wanted);
});
