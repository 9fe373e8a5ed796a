import { rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { grodinHere } from '../cli/here.js';
import { shardNames } from './command.js';
import { runFile } from './here.js';
import { smallExperiment, writeExperiment } from './small-experiment.js';

test('what reads the results of a run that has none, or old ones, is told so, and what goes on', async (t) => {
  const folder = await smallExperiment(t, { images: 20, outliers: ['dark'], detectors: ['MSP'] });
  const refused = async (expected: RegExp, ...args: string[]): Promise<void> => {
    const of = args.length > 0 ? args : ['compile', 'net.onnx', '-o', 'x.onnx'];
    const { code, err } = await grodinHere([...of, '--from', 'run', '--detector', 'MSP'], folder);
    t.is(code, 1, err);
    t.regex(err, expected);
    t.is(err.trim().split('\n').length, 1, err);
  };
  const status = async (): Promise<string> => (await grodinHere(['status', 'run'], folder)).out;

  t.is((await runFile(folder, 'experiment.json', 'run', '--wave', '1')).code, 0);
  const without = /run: the run is not finished, so that there are no results; finish it: grodin run /;
  await refused(without);
  await refused(without, 'score', 'net.onnx', 'dark/0.png');
  t.regex(await status(), /selection: not made yet\nresults: not written yet/);

  t.is((await runFile(folder, 'experiment.json', 'run')).code, 0);
  await rm(join(folder, 'run', 'metrics.arrow'));
  await refused(/run: metrics.arrow is missing or not as written; .*grodin reduce DIR/);

  t.is((await grodinHere(['reduce', 'run'], folder)).code, 0);
  const [shard = ''] = await shardNames(join(folder, 'run'));
  await truncate(join(folder, 'run', 'shards', shard), 100);
  t.is((await grodinHere(['reduce', 'run'], folder)).code, 1);
  await refused(/run: the run is not finished, and what lies there is out of date; finish it: grodin run /);
  t.regex(
    await status(),
    /selection: to be made anew\nresults: out of date: what lies there was made before/,
  );

  t.is((await runFile(folder, 'experiment.json', 'run')).code, 0);
  await writeExperiment(folder, { images: 20, outliers: ['dark'], detectors: ['MSP', 'ML'] });
  t.is((await runFile(folder, 'experiment.json', 'run', '--wave', '1')).code, 0);
  await refused(/run: its results are those from before its experiment was changed; .*grodin run /);
});
