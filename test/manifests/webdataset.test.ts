import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { webdatasetBuilder } from '../../manifests/builders/webdataset.js';
import { expandBraces } from '../../manifests/input/braces.js';
import { locationOf } from '../../manifests/location.js';
import { InputError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { tarOf, type Written } from '../tar-archive.js';
import { temporaryFolder } from '../temporary-folder.js';

nameSettingsAsOptions();

const build = (files: string | readonly string[], options: Record<string, string | boolean> = {}) =>
  webdatasetBuilder.buildFrom([files].flat(), options);

const shard = async (t: ExecutionContext, members: readonly Written[]): Promise<string> =>
  join(await temporaryFolder(t, { 's-0.tar': tarOf(members) }), 's-0.tar');

const text = (name: string, content: string): Written => ({ name, content });

test('samples of several shards are rows with their label and the bytes of their image', async (t) => {
  const folder = await temporaryFolder(t, {
    's-00.tar': tarOf([
      text('a/001.jpg', 'one'),
      text('a/001.cls', '7\n'),
      text('a/002.cls', '3'),
      text('a/002.PNG', 'second'),
      text('a/README', 'belongs to no sample'),
    ]),
    's-01.tar': tarOf([text('a/001.cls', '12'), text('a/001.json', '{}'), text('a/001.jpg', 'third')]),
  });
  const { entries, leftOut } = await build(join(folder, 's-{00..01}.tar'), { base: 'name' });
  t.deepEqual(
    entries.map(({ path, label, id, base }) => [id, label, base, locationOf(path).part]),
    [
      ['s-00.tar/a/001', 7, '001', { kind: 'bytes', offset: 512, length: 3 }],
      ['s-00.tar/a/002', 3, '002', { kind: 'bytes', offset: 512 * 7, length: 6 }],
      ['s-01.tar/a/001', 12, '001', { kind: 'bytes', offset: 512 * 5, length: 5 }],
    ],
  );
  t.is(leftOut.others, 1);
});

test('labels come from a key of the JSON, and may be names of classes', async (t) => {
  const file = await shard(t, [
    text('1.jpg', 'x'),
    text('1.json', '{"label": 4, "class": {}, "wnid": "n01443537"}'),
    text('2.jpg', 'y'),
    text('2.json', '{"cls": -1, "class": 5, "wnid": "n01440764"}'),
  ]);
  const labels = async (options: Record<string, string | boolean>) =>
    (await build(file, options)).entries.map(({ label }) => label);
  t.deepEqual(await labels({}), [4, null]);
  t.deepEqual(await labels({ labelKey: 'wnid', classes: 'imagenet-1k' }), [1, 0]);
  t.deepEqual(await labels({ labels: false }), [null, null]);
  await t.throwsAsync(labels({ labelKey: 'class' }), {
    instanceOf: InputError,
    message: `${file}: label {} of sample 1 is not a class index; expected an integer from 0; name the classes with --classes FILE, or use --no-labels`,
  });
  await t.throwsAsync(labels({ labelKey: 'target' }), {
    message: `${file}: sample 1 has no "target" in a .json; check --label-key`,
  });
  await t.throwsAsync(labels({ labelKey: 'wnid' }), {
    message: /label "n01443537" of sample 1 is not a class index/,
  });
});

test('samples without an image are counted, and those with two are refused until one is chosen', async (t) => {
  const file = await shard(t, [
    text('1.seg.png', 'mask'),
    text('1.jpg', 'image'),
    text('2.cls', '1'),
    text('3.jpg', ''),
    text('4.JXL', 'image'),
  ]);
  await t.throwsAsync(build(file), {
    instanceOf: InputError,
    message: `${file}: sample 1 has two images, seg.png and jpg; say which is meant with --image-key seg.png`,
  });
  const { entries, leftOut } = await build(file, { imageKey: 'jpg' });
  t.is(entries.length, 2);
  t.deepEqual(leftOut.unread, { '.jxl': 1 });
  t.deepEqual(leftOut.archived, { links: 0, replaced: 0, outside: 0, imageless: 2 });
  t.deepEqual(locationOf((await build(file, { imageKey: 'SEG.png' })).entries[0]!.path).part, {
    kind: 'bytes',
    offset: 512,
    length: 4,
  });
  const none = await shard(t, [text('2.cls', '1')]);
  await t.throwsAsync(build(none), { message: /s-0\.tar: no sample has an image/ });
});

test('labels that some samples lack, or that are none, are refused in one line', async (t) => {
  const some = await shard(t, [text('1.jpg', 'x'), text('1.cls', '1'), text('2.jpg', 'y')]);
  await t.throwsAsync(build(some), {
    message: `${some}: sample 2 has no label, and others have; say where it is with --label-key, or use --no-labels`,
  });
  const none = await shard(t, [text('1.jpg', 'x'), text('2.jpg', 'y')]);
  t.deepEqual(
    (await build(none)).entries.map(({ label }) => label),
    [null, null],
  );
  const broken = await shard(t, [text('1.jpg', 'x'), text('1.json', '{')]);
  await t.throwsAsync(build(broken), { message: /the \.json of sample 1 is no JSON/ });
  const fraction = await shard(t, [text('1.jpg', 'x'), text('1.cls', '1.5')]);
  await t.throwsAsync(build(fraction), { message: /label "1\.5" of sample 1 is not a class index/ });
});

test('braces stand for the names that a shell makes of them', (t) => {
  t.deepEqual(expandBraces('s-{08..11}.tar'), ['s-08.tar', 's-09.tar', 's-10.tar', 's-11.tar']);
  t.deepEqual(expandBraces('{8..10}'), ['8', '9', '10']);
  t.deepEqual(expandBraces('{2..0}'), ['2', '1', '0']);
  t.deepEqual(expandBraces('{a,b}-{0..1}.tar'), ['a-0.tar', 'a-1.tar', 'b-0.tar', 'b-1.tar']);
  t.deepEqual(expandBraces('{000..001}'), ['000', '001']);
  t.deepEqual(expandBraces('{a}.tar'), ['{a}.tar']);
  t.throws(() => expandBraces('{0..999999999}.tar'), {
    instanceOf: InputError,
    message: /more than 1000000 files/,
  });
  t.throws(() => expandBraces('{0..9999}{0..9999}'), { message: /more than 1000000 files/ });
});

test('a file whose name has braces is meant before what they stand for', async (t) => {
  const folder = await temporaryFolder(t, { '{1,2}.tar': tarOf([text('1.jpg', 'x')]) });
  t.is((await build(join(folder, '{1,2}.tar'))).entries.length, 1);
  await t.throwsAsync(build(join(folder, '{3,4}.tar')), {
    message: `${folder}/3.tar: no such archive; check the path`,
  });
});
