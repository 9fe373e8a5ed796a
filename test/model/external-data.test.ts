import { execFileSync } from 'node:child_process';
import { mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readModel } from '../../pipeline/model/read-model.js';
import { ModelError } from '../../stages/errors.js';
import { linearNodes, rawExternal, rawModel, rawNode } from '../onnx/raw-model.js';
import { temporaryFolder } from '../temporary-folder.js';

const dims = [48, 5];
const values = Float32Array.from({ length: 240 }, (_, i) => i / 8);
const bytes = new Uint8Array(values.buffer);

/** A linear classifier whose weight lies elsewhere. */
const outside = (place: Readonly<Record<string, string>>): Uint8Array =>
  rawModel(linearNodes, [rawExternal('W', dims, place)]);

async function weightOf(file: string): Promise<readonly number[]> {
  const tensor = (await readModel(file)).graph.initializers.get('W');
  return tensor?.type === 'float32' ? [...tensor.data] : [];
}

async function refusal(t: ExecutionContext, file: string): Promise<string> {
  const error = await t.throwsAsync(readModel(file), { instanceOf: ModelError });
  t.false(error.message.includes('\n'));
  return error.message;
}

test('external data is read from files beside the model, at an offset and of the shape’s length', async (t) => {
  const folder = await temporaryFolder(t, {
    'net.onnx': outside({ location: 'net.data', offset: '4', length: '960' }),
    'whole.onnx': outside({ location: 'data/./whole.data' }),
    'net.data': Buffer.concat([new Uint8Array(4), bytes, new Uint8Array(4)]),
    'data/whole.data': bytes,
  });
  t.deepEqual(await weightOf(join(folder, 'net.onnx')), [...values]);
  t.deepEqual(await weightOf(join(folder, 'whole.onnx')), [...values]);
});

for (const [what, location] of [
  ['an absolute path', '/etc/passwd'],
  ['a path that leads up', '../secret'],
  ['a path that leads up after all', 'a/../../secret'],
  ['the environment of the process', '/proc/self/environ'],
  ['no path', ''],
  ['a path with a zero byte', 'net.data\0'],
] as const)
  test(`external data at ${what} is refused`, async (t) => {
    const folder = await temporaryFolder(t, { 'model/net.onnx': outside({ location }), secret: bytes });
    t.regex(
      await refusal(t, join(folder, 'model/net.onnx')),
      /its external data .* lies outside the model's folder, and nothing there is read; put it beside the model/,
    );
  });

test('external data that is a link, or in a linked folder, out of the model’s folder is refused', async (t) => {
  const folder = await temporaryFolder(t, {
    'model/file.onnx': outside({ location: 'net.data' }),
    'model/folder.onnx': outside({ location: 'linked/secret' }),
    'other/secret': bytes,
  });
  await symlink('../other/secret', join(folder, 'model/net.data'));
  await symlink('../other', join(folder, 'model/linked'));
  for (const file of ['file.onnx', 'folder.onnx'])
    t.regex(
      await refusal(t, join(folder, 'model', file)),
      /is a link to .*other\/secret"?, outside the model's folder, and nothing there is read; copy the file beside/,
    );
});

test('links that stay in the model’s folder are followed', async (t) => {
  const folder = await temporaryFolder(t, {
    'net.onnx': outside({ location: 'net.data' }),
    'blobs/1234': bytes,
  });
  await symlink('blobs/1234', join(folder, 'net.data'));
  t.deepEqual(await weightOf(join(folder, 'net.onnx')), [...values]);
});

test('a cache of downloads that holds model and data under other names, with links to both, works', async (t) => {
  const folder = await temporaryFolder(t, {
    'blobs/1234': outside({ location: 'model.onnx_data' }),
    'blobs/5678': bytes,
  });
  const snapshot = join(folder, 'snapshots/main/onnx');
  await mkdir(snapshot, { recursive: true });
  await symlink('../../../blobs/1234', join(snapshot, 'model.onnx'));
  await symlink('../../../blobs/5678', join(snapshot, 'model.onnx_data'));
  t.deepEqual(await weightOf(join(snapshot, 'model.onnx')), [...values]);
  // The data may lie beside the link too, but nowhere else.
  await writeFile(join(folder, 'elsewhere'), bytes);
  await symlink('../../../elsewhere', join(snapshot, 'other_data'));
  await writeFile(join(folder, 'blobs/9abc'), outside({ location: 'other_data' }));
  await symlink('../../../blobs/9abc', join(snapshot, 'other.onnx'));
  t.regex(await refusal(t, join(snapshot, 'other.onnx')), /is a link to .*, outside the model's folder/);
});

for (const [what, place, pattern] of [
  ['a negative length', { length: '-5' }, /length -5, expected a whole number that is not negative/],
  ['a length in words', { length: 'all' }, /length all, expected a whole number/],
  ['a negative offset', { offset: '-1' }, /offset -1, expected a whole number/],
  ['a broken offset', { offset: '0.5' }, /offset 0\.5, expected a whole number/],
  ['an offset in exponents', { offset: '1e1' }, /offset 1e1, expected a whole number/],
  ['an offset beyond all files', { offset: '99999999999999999999' }, /offset 9{20}, expected a whole number/],
  ['an offset and length beyond all files', { offset: '9007199254740991' }, /which no file reaches/],
  ['an offset beyond the file', { offset: '4' }, /960 bytes, of which 960 are wanted from 4 on/],
  ['fewer bytes than the shape has', { length: '956' }, /956 bytes .* where its shape \[48, 5\] has 960/],
  ['more bytes than the shape has', { length: '964' }, /964 bytes .* where its shape \[48, 5\] has 960/],
] as const)
  test(`external data of ${what} is refused before anything is read`, async (t) => {
    const folder = await temporaryFolder(t, {
      'net.onnx': outside({ location: 'net.data', ...place }),
      'net.data': bytes,
    });
    t.regex(await refusal(t, join(folder, 'net.onnx')), pattern);
  });

test('external data that is a folder, a pipe or missing is refused without waiting', async (t) => {
  const folder = await temporaryFolder(t, {
    'folder.onnx': outside({ location: 'data' }),
    'pipe.onnx': outside({ location: 'pipe' }),
    'missing.onnx': outside({ location: 'missing' }),
    'data/inside': bytes,
  });
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  t.regex(await refusal(t, join(folder, 'folder.onnx')), /data"? is not a regular file/);
  t.regex(await refusal(t, join(folder, 'pipe.onnx')), /pipe"? is not a regular file/);
  t.regex(await refusal(t, join(folder, 'missing.onnx')), /missing can't be read \(ENOENT\)/);
});

test('thousands of tensors that lie in the same bytes are refused before they take more memory than the file and a little', async (t) => {
  const count = 5000;
  const place = { location: 'net.data' };
  const names = Array.from({ length: count }, (_, i) => `W${i}`);
  // 48 × 5000 elements are 960 kB each, 4.8 GB together.
  const sums = names.map((name, i) => rawNode('Add', [i === 0 ? 'W' : `s${i - 1}`, name], [`s${i}`]));
  const folder = await temporaryFolder(t, {
    'net.onnx': rawModel(
      [
        rawNode('Flatten', ['image'], ['flat']),
        ...sums,
        rawNode('MatMul', ['flat', `s${count - 1}`], ['logits']),
      ],
      ['W', ...names].map((name) => rawExternal(name, [48, 5000], place)),
    ),
    'net.data': new Uint8Array(960_000),
  });
  t.regex(
    await refusal(t, join(folder, 'net.onnx')),
    /its tensors take more bytes than its external data has, net\.data last: too many lie in the same; save/,
  );
  t.true(process.resourceUsage().maxRSS * 1024 < 1e9);
});

test('tensors that share their bytes are read, each by itself', async (t) => {
  const folder = await temporaryFolder(t, {
    'net.onnx': rawModel(
      [
        rawNode('Flatten', ['image'], ['flat']),
        rawNode('Add', ['W', 'V'], ['sum']),
        rawNode('MatMul', ['flat', 'sum'], ['logits']),
      ],
      ['W', 'V'].map((name) => rawExternal(name, dims, { location: 'net.data' })),
    ),
    'net.data': bytes,
  });
  const { initializers } = (await readModel(join(folder, 'net.onnx'))).graph;
  t.deepEqual(initializers.get('V'), initializers.get('W'));
});

test('external data beyond 2 and 4 GiB of a file is read from where it lies', async (t) => {
  const folder = await temporaryFolder(t);
  for (const start of [2 ** 31 - 4, 2 ** 31 + 8, 2 ** 32 + 12]) {
    const file = await open(join(folder, 'sparse.data'), 'w');
    await file.write(bytes, 0, bytes.length, start);
    await file.close();
    const model = outside({ location: 'sparse.data', offset: `${start}`, length: '960' });
    await writeFile(join(folder, 'net.onnx'), model);
    t.deepEqual(await weightOf(join(folder, 'net.onnx')), [...values]);
  }
});

test('a model file beyond 2 GiB is refused: no protobuf is so large', async (t) => {
  const folder = await temporaryFolder(t);
  const file = await open(join(folder, 'large.onnx'), 'w');
  await file.truncate(2 ** 31 + 5);
  await file.close();
  await t.throwsAsync(readModel(join(folder, 'large.onnx')), {
    message:
      /large\.onnx: 2147483653 bytes are more than an ONNX file can hold; export the weights as external data$/,
  });
});

test('a model that is a pipe or a device is refused', async (t) => {
  await t.throwsAsync(readModel('/dev/zero'), {
    message: /^\/dev\/zero: is not a regular file/,
  });
});

test('weights that no output needs are not read, wherever they lie', async (t) => {
  const folder = await temporaryFolder(t, {
    'net.onnx': rawModel(linearNodes, [
      rawExternal('W', dims, { location: 'net.data' }),
      rawExternal('left over', dims, { location: 'missing' }),
    ]),
    'net.data': bytes,
  });
  const { graph } = await readModel(join(folder, 'net.onnx'));
  t.deepEqual([...graph.initializers.keys()], ['W']);
});
