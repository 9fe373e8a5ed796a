import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { open, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import PQueue from 'p-queue';
import sharp from 'sharp';
import { BatchMemory } from '../../workers/batch-memory.js';
import { imageFiles } from '../../workers/images/image-file.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import type { FileSystem } from '../../workers/images/read-file.js';
import { ImageError, type ImageSource } from '../../workers/images/source.js';
import { SystemFault } from '../../workers/images/system-fault.js';
import { loadBatch } from '../../workers/load-batch.js';
import { temporaryFolder } from '../temporary-folder.js';

const plain: Preprocess = {
  resize: null,
  interpolation: 'bilinear',
  crop: null,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const shape = { channels: 3, height: 2, width: 3 };

async function imageFile(t: ExecutionContext): Promise<{ readonly file: string; readonly sha256: string }> {
  const file = join(await temporaryFolder(t), 'a.png');
  const bytes = await sharp({ create: { width: 3, height: 2, channels: 3, background: '#123456' } })
    .png()
    .toBuffer();
  await writeFile(file, bytes);
  return { file, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** A file system whose calls fail so many times with a code, and what was waited for in between. */
function failing(code: string, times: number, call: 'stat' | 'open' | 'read') {
  let left = times;
  const fail = (): void => {
    if (left <= 0) return;
    left -= 1;
    throw Object.assign(new Error(`${code}: as told`), { code });
  };
  const files: FileSystem = {
    stat: async (path) => {
      if (call === 'stat') fail();
      return stat(path);
    },
    open: async (path, flags) => {
      if (call === 'open') fail();
      const file = await open(path, flags);
      return {
        stat: () => file.stat(),
        read: async (buffer, offset, length) => {
          if (call === 'read') fail();
          return file.read(buffer, offset, length);
        },
        close: () => file.close(),
      };
    },
  };
  const waits: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
  };
  return { source: imageFiles({ files, sleep }), waits };
}

for (const code of [
  'EMFILE',
  'ENFILE',
  'EIO',
  'ESTALE',
  'ENOMEM',
  'EAGAIN',
  'ETIMEDOUT',
  'EBUSY',
  'ENOLCK',
]) {
  for (const call of ['stat', 'open', 'read'] as const) {
    test(`${code} of ${call} that passes is waited for`, async (t) => {
      const { file, sha256 } = await imageFile(t);
      const { source, waits } = failing(code, 2, call);
      t.is((await source.read(file, plain, shape)).sha256, sha256);
      t.is(waits.length, 2);
    });

    test(`${code} of ${call} that stays is a fault of the system, not of the image`, async (t) => {
      const { file } = await imageFile(t);
      const { source, waits } = failing(code, Number.POSITIVE_INFINITY, call);
      const fault = await t.throwsAsync(source.read(file, plain, shape), { instanceOf: SystemFault });
      t.is(fault.code, code);
      t.true(fault.message.startsWith(`${file}: `) && fault.message.includes(code), fault.message);
      t.true(waits.length >= 3 && waits.every((wait, i) => wait > (waits[i - 1] ?? 0)));
    });
  }
}

for (const code of ['ENOENT', 'ENOTDIR', 'EACCES']) {
  test(`${code} is the image's fault, unless the file was there when the run was planned`, async (t) => {
    const { file } = await imageFile(t);
    const { source, waits } = failing(code, Number.POSITIVE_INFINITY, 'stat');
    const error = await t.throwsAsync(source.read(file, plain, shape), { instanceOf: ImageError });
    t.is(error.sha256, null);
    t.deepEqual(waits, []);
    await t.throwsAsync(source.read(file, plain, shape, { isKnown: true }), { instanceOf: SystemFault });
  });
}

test('too many open files say what to do', async (t) => {
  const { file } = await imageFile(t);
  const { source } = failing('EMFILE', Number.POSITIVE_INFINITY, 'open');
  await t.throwsAsync(source.read(file, plain, shape), {
    message: `${file}: too many files are open (EMFILE); allow more with ulimit -n, or use fewer workers`,
  });
});

test('devices, pipes, sockets and files without bytes are refused without being opened', async (t) => {
  const folder = await temporaryFolder(t);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const socket = join(folder, 'socket');
  const server = createServer().listen(socket);
  await new Promise((listening) => server.once('listening', listening));
  t.teardown(() => void server.close());
  const source = imageFiles({ files: { stat, open: () => Promise.reject(new Error('opened')) } });
  for (const path of ['/dev/zero', '/dev/null', pipe, socket]) {
    await t.throwsAsync(source.read(path, plain, shape), {
      instanceOf: ImageError,
      message: `${path}: is no regular file but a device, pipe or socket; give the path of an image file`,
    });
  }
  await t.throwsAsync(source.read('/proc/self/maps', plain, shape), {
    message: '/proc/self/maps: the file is empty (0 bytes); restore it from its source',
  });
});

test('a path that no file can have is an image error in one line', async (t) => {
  for (const path of ['a\0b.png', 'x'.repeat(5000)]) {
    const error = await t.throwsAsync(imageFiles().read(path, plain, shape), { instanceOf: ImageError });
    t.notRegex(error.message, /\n/);
  }
});

test('an image error tells the digest of the bytes that were read', async (t) => {
  const file = join(await temporaryFolder(t), 'text.png');
  await writeFile(file, 'no image');
  const error = await t.throwsAsync(imageFiles().read(file, plain, shape), { instanceOf: ImageError });
  t.is(error.sha256, createHash('sha256').update('no image').digest('hex'));
});

/** The path of an image says what becomes of it. */
const told: ImageSource = {
  async read(path, _preprocess, _shape, options) {
    if (path === 'system') throw new SystemFault(path, 'EIO', `${path}: no answer`);
    if (path === 'bad') throw new ImageError(path, `${path}: damaged`, 'digest of bad');
    if (path === 'missing') throw new ImageError(path, `${path}: missing`);
    return { data: new Float32Array(6), sha256: `digest of ${path}, known: ${options?.isKnown}` };
  },
};

const telling = () => ({ source: told, queue: new PQueue(), memory: new BatchMemory() });

test('a batch tells the digest of each image, also of those that could not be used', async (t) => {
  const rows = [{ path: 'a', isKnown: true }, { path: 'bad' }, { path: 'missing' }, { path: 'b' }];
  const model = { input: { channels: 3, height: 1, width: 2 }, preprocess: plain };
  const batch = await loadBatch(rows, 8, model, telling());
  t.deepEqual(batch.digests, [
    'digest of a, known: true',
    'digest of bad',
    null,
    'digest of b, known: false',
  ]);
  t.deepEqual([...batch.failures.keys()], [1, 2]);
});

test('slots without an image are zero, whatever was in their memory before', async (t) => {
  const model = { input: { channels: 3, height: 1, width: 2 }, preprocess: plain };
  const decoding = telling();
  const first = await loadBatch(
    [{ path: 'a' }, { path: 'b' }, { path: 'c' }, { path: 'd' }],
    4,
    model,
    decoding,
  );
  const { data } = first.image;
  data.fill(7);
  decoding.memory.handOver(data);
  const next = await loadBatch([{ path: 'e' }, { path: 'bad' }, null], 4, model, decoding);
  t.is(next.image.data, data);
  t.deepEqual([...data], new Array(24).fill(0));
});

test('a fault of the system fails the batch and never becomes the failure of an image', async (t) => {
  const model = { input: { channels: 3, height: 1, width: 2 }, preprocess: plain };
  await t.throwsAsync(loadBatch([{ path: 'a' }, { path: 'system' }], 2, model, telling()), {
    instanceOf: SystemFault,
  });
});
