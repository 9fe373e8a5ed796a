import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createExclusively, writeAtomically } from '../../manifests/output/atomic-file.js';
import { withSteps } from '../../manifests/output/step.js';
import { temporaryFolder } from '../temporary-folder.js';

/** What is flushed while a task runs, and its named steps, in their order. */
async function events(task: () => Promise<unknown>): Promise<readonly string[]> {
  const handle = await open(process.execPath);
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const { sync } = prototype;
  const seen: string[] = [];
  prototype.sync = async function (this: FileHandle) {
    const found = await this.stat();
    seen.push(found.isDirectory() ? 'the folder is flushed' : `${found.size} bytes are flushed`);
    return sync.call(this);
  };
  try {
    await withSteps((name) => void seen.push(name), task);
  } finally {
    prototype.sync = sync;
  }
  return seen;
}

test.serial('a file is flushed before it has its name, and its folder after', async (t) => {
  const folder = await temporaryFolder(t);
  const written = await events(() => writeAtomically(join(folder, 'a'), 'four'));
  t.deepEqual(written, ['4 bytes are flushed', 'rename a', 'flush after a', 'the folder is flushed']);
  const created = await events(() => createExclusively(join(folder, 'b'), 'three'));
  t.deepEqual(created, ['5 bytes are flushed', 'link b', 'unlink beside b', 'the folder is flushed']);
  t.is((await stat(join(folder, 'b'))).size, 5);
});

test.serial('a file that need not outlive the machine is not waited for', async (t) => {
  const folder = await temporaryFolder(t);
  t.deepEqual(await events(() => createExclusively(join(folder, 'a'), 'four', { outlives: false })), [
    'link a',
    'unlink beside a',
  ]);
});
