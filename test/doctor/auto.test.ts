import test from 'ava';
import { autoDevice } from '../../pipeline/doctor/auto.js';
import { remember } from '../../pipeline/doctor/remembered.js';
import { DeviceError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { temporaryFolder } from '../temporary-folder.js';

nameSettingsAsOptions();

const cpu = { device: 'cpu', why: '900 images/s' };
const cuda = { device: 'cuda', why: '500 images/s' };

test('auto is the best device that can be asked for the precision', async (t) => {
  const cache = { folder: await temporaryFolder(t), limit: 1e9 };
  await remember(cache, { fp32: cpu, tf32: cuda, fp16: null });
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  t.is(await autoDevice('auto', cache, note), 'cpu');
  t.is(await autoDevice('auto', cache, note, 'tf32'), 'cuda');
  t.is(await autoDevice('tfjs', cache, note, 'tf32'), undefined);
  t.deepEqual(notes, [
    '--device auto: cpu, as grodin doctor found (900 images/s)',
    '--device auto: cuda, as grodin doctor found (500 images/s, in fp32)',
  ]);
});

test('where none can be asked for it, one line names those that could', async (t) => {
  const cache = { folder: await temporaryFolder(t), limit: 1e9 };
  await remember(cache, { fp32: cpu, tf32: null, fp16: null });
  await t.throwsAsync(autoDevice('auto', cache, undefined, 'tf32'), {
    instanceOf: DeviceError,
    message:
      '--device auto: no device that works here supports --precision tf32; leave --precision out, or run ' +
      'grodin doctor to see what is missing for cuda, tensorrt, tfjs-gpu',
  });
});

test('where nothing works at all, nothing is taken', async (t) => {
  const cache = { folder: await temporaryFolder(t), limit: 1e9 };
  await remember(cache, { fp32: null, tf32: null, fp16: null });
  await t.throwsAsync(autoDevice('auto', cache, undefined), {
    instanceOf: DeviceError,
    message: '--device auto: no device works here; grodin doctor says what is wrong with each',
  });
});
