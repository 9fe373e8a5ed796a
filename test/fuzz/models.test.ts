import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { baseModels } from '../../scripts/fuzz/base-models.js';
import { parseMessage, writeMessage } from '../../scripts/fuzz/message-tree.js';
import { modelOfSeed, tryModel } from '../../scripts/fuzz/try-model.js';
import { type Tried, tryRange } from '../../scripts/fuzz/try-range.js';
import { externalDataBeside } from '../../workers/onnx-files/external-data.js';

const bases = baseModels();

test('a model that is taken apart and put together is the same', (t) => {
  t.true(bases.length > 100);
  for (const { name, bytes } of bases)
    t.deepEqual(writeMessage(parseMessage(bytes)), new Uint8Array(bytes), name);
});

test('the model of a seed is the same each time, and another for the next', (t) => {
  t.deepEqual(modelOfSeed(7, bases), modelOfSeed(7, bases));
  t.notDeepEqual(modelOfSeed(7, bases).bytes, modelOfSeed(8, bases).bytes);
});

test('models that are damaged in a few places are refused by one line, or give a file that opens', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'grodin-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'model.onnx'), '');
  writeFileSync(join(folder, 'weights.data'), new Uint8Array(4096).fill(7));
  const counts = { refused: 0, opened: 0, wrong: 0 };
  for (let seed = 0; seed < 500; seed++) {
    const external = externalDataBeside(join(folder, 'model.onnx'));
    const outcome = await tryModel(seed, modelOfSeed(seed, bases).bytes, external);
    counts[outcome.kind] += 1;
    t.not(outcome.kind, 'wrong', `seed ${seed}: ${outcome.text}`);
  }
  t.true(counts.refused > 100 && counts.opened > 50, JSON.stringify(counts));
});

test('a range is tried in a process of its own, seed by seed', async (t) => {
  const tried: Tried[] = [];
  await tryRange(10, 13, 1024, async (one) => {
    tried.push(one);
  });
  t.deepEqual(
    tried.map(({ seed }) => seed),
    [10, 11, 12],
  );
  t.true(tried.every(({ megabytes }) => megabytes > 0));
});
