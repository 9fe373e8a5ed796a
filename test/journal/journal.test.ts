import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { Journal, readJournals } from '../../pipeline/journal/journal.js';
import { throughputPlot } from '../../pipeline/plots/throughput.js';
import { pacesOf } from '../../pipeline/status/pace.js';
import { temporaryFolder } from '../temporary-folder.js';

const entry = (place: number) => ({
  ...{ shard: `${place}`, model: 'net', set: 'clean', worker: place % 2, device: 'cpu' },
  ...{ from: 1000 * place, to: 1000 * place + 2000, images: 10, passes: 3 },
});

test('what processes noted is read back, but for a line that a kill cut off', async (t) => {
  const folder = join(await temporaryFolder(t), 'journals');
  t.deepEqual(await readJournals(folder), []);
  const journal = new Journal(folder, 1);
  await Promise.all([0, 1, 2].map((place) => journal.note(entry(place))));
  await new Journal(folder, 2).note(entry(3));
  const [first = ''] = (await readdir(folder)).sort();
  await appendFile(join(folder, first), '{"shard":"4","mod');
  const read = await readJournals(folder);
  t.deepEqual(
    read.map(({ entries }) => entries),
    [[entry(0), entry(1), entry(2)], [entry(3)]],
  );
  t.is(read[0]?.writer.pid, process.pid);
});

test('a folder that cannot be written to is passed over', async (t) => {
  await t.notThrowsAsync(new Journal('/proc/none/journals').note(entry(0)));
});

test('the passes of a figure are those of the journal', (t) => {
  const entries = Array.from({ length: 20 }, (_, place) => entry(place));
  const plot = throughputPlot([
    { name: 'a', entries: entries.filter(({ worker }) => worker === 0) },
    { name: 'b', entries: entries.filter(({ worker }) => worker === 1) },
  ]);
  const seconds = (19_000 + 2000) / 60 / 1000;
  const passes = (plot?.rows ?? []).reduce((sum, row) => sum + Number(row.passes) * seconds, 0);
  t.true(Math.abs(passes - 20 * 30) < 1e-6, String(passes));
});

test('a process may have scored more shards than a call takes arguments', (t) => {
  const entries = Array.from({ length: 200_000 }, (_, place) => ({ ...entry(place), worker: 0 }));
  t.is(throughputPlot([{ name: 'a', entries }])?.rows.length, 60);
  const [pace] = pacesOf({ host: 'host', pid: 1 }, entries);
  t.is(pace?.shards, 200_000);
  t.is(pace?.last, entries.at(-1)?.to);
});
