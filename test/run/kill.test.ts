import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { childrenOf, comparable, runExperiment, shardNames, shardsFinished, start } from './command.js';
import { smallExperiment } from './small-experiment.js';

const size = { images: 60, temperature: [1, 10, 100], shardSeconds: 0.001 };

for (const wave of [1, 2] as const) {
  for (const victims of ['the pool process', 'supervisor and pool process', 'the supervisor'] as const) {
    test(`kill -9 of ${victims} in wave ${wave} changes no byte of what the run ends with`, async (t) => {
      const folder = await smallExperiment(t, size);
      const whole = join(folder, 'whole');
      t.is((await runExperiment(folder, whole)).code, 0);
      const expected = await comparable(whole);
      const total = (await shardNames(whole)).length;
      const first = JSON.parse(await readFile(join(whole, 'plan', '0001-wave-1.json'), 'utf8')).shards.length;
      t.true(first > 20 && total - first > 20);

      const killed = join(folder, 'killed');
      const running = start(['run', 'experiment.json', '--out', killed], folder);
      await shardsFinished(killed, wave === 1 ? 5 : first + 5);
      const supervisor = running.child.pid!;
      const [pool] = await childrenOf(supervisor);
      if (victims !== 'the pool process') process.kill(supervisor, 'SIGKILL');
      if (victims !== 'the supervisor') process.kill(pool!, 'SIGKILL');
      const { code, err } = await running.finished;
      if (victims === 'the pool process') {
        t.is(code, 0);
        t.regex(err, /the pool process died \(signal SIGKILL\); starting it again/);
      } else {
        t.is(code, null);
        while (await exists(pool!)) await pause(2);
        const left = (await shardNames(killed)).length;
        t.true(left < (wave === 1 ? first : total), `${left} shards were finished before the kill`);
        t.is((await runExperiment(folder, killed)).code, 0);
      }
      t.deepEqual(await comparable(killed), expected);
    });
  }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} stops a run cleanly with exit code 75, and the same command goes on`, async (t) => {
    const folder = await smallExperiment(t, size);
    const whole = join(folder, 'whole');
    t.is((await runExperiment(folder, whole)).code, 0);
    const stopped = join(folder, 'stopped');
    const running = start(['run', 'experiment.json', '--out', stopped], folder);
    await shardsFinished(stopped, 5);
    const [pool] = await childrenOf(running.child.pid!);
    running.child.kill(signal);
    const { code, out, err } = await running.finished;
    t.is(code, 75);
    t.is(out, '');
    t.regex(err, /grodin: stopped; what is finished is kept, and the same command goes on from there\n$/);
    t.false(await exists(pool!));
    t.true((await shardNames(stopped)).length < (await shardNames(whole)).length);
    t.is((await runExperiment(folder, stopped)).code, 0);
    t.deepEqual(await comparable(stopped), await comparable(whole));
  });
}

async function exists(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
  // A zombie has ended; only its parent has not looked yet.
  return stat !== null && stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
}
