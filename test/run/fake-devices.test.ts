import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { exitCodes } from '../../pipeline/cli/exit-codes.js';
import { RunFailedError } from '../../stages/errors.js';
import { comparable, differences, shardNames } from './command.js';
import { runOnFakes, taken } from './fake-devices.js';
import { runExperiment } from './here.js';
import { sharedExperiment } from './small-experiment.js';

let folder: string;
let expected: Map<string, string>;
let firstWave: readonly [string, ...string[]];

test.before(async (t) => {
  folder = await sharedExperiment({ images: 12, shardSeconds: 0.002 });
  const { code, err } = await runExperiment(folder, join(folder, 'undisturbed'));
  t.is(code, 0, err);
  expected = await comparable(join(folder, 'undisturbed'));
  const plan = join(folder, 'undisturbed', 'plan', '0001-wave-1.json');
  firstWave = JSON.parse(await readFile(plan, 'utf8')).shards.map(({ id }: { id: string }) => id);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test.serial('two devices divide the shards, and each has one worker thread for life', async (t) => {
  const fakes = { folder, name: 'divided', fault: '' };
  await runOnFakes(fakes);
  const tasks = await taken(fakes);
  t.deepEqual(tasks.map(({ shard }) => `${shard}.arrow`).sort(), await shardNames(join(folder, 'divided')));
  const bindings = new Set(tasks.map(({ device, thread }) => `${device} ${thread}`));
  t.is(bindings.size, 2);
  t.deepEqual([...new Set(tasks.map(({ device }) => device))].sort(), ['0', '1']);
  t.deepEqual(differences(await comparable(join(folder, 'divided')), expected), []);
});

test.serial('a native crash on one device loses nothing and changes no byte', async (t) => {
  const notes: string[] = [];
  const fakes = { folder, name: 'crash', fault: `if (device === '1' && once()) crash();` };
  await runOnFakes(fakes, { onNote: (text) => notes.push(text) });
  const died = notes.filter((text) => text.startsWith('the pool process died'));
  t.is(died.length, 1);
  t.regex(
    died[0]!,
    /^the pool process died \(signal SIGABRT\) with .*shard [0-9a-f]{12} \(model net, set \w+, \d+ images from row \d+, .*\.png\) on cpu:1.* in flight; starting it again$/,
  );
  // The devices that the note names are those that the shards were on.
  const log = await taken(fakes);
  const processOf = ({ thread }: { readonly thread: string }) => thread.split('/')[0];
  const before = log.filter((task) => processOf(task) === processOf(log[0]!));
  let found = 0;
  for (const [, shard, device] of died[0]!.matchAll(/shard ([0-9a-f]{12}) \([^()]*\) on cpu:(\d)/g)) {
    const task = before.find((one) => one.shard.startsWith(shard!));
    // Another that was on its way to its worker had not come there.
    if (task === undefined) continue;
    found += 1;
    t.is(task.device, device!);
  }
  t.true(found > 0);
  t.deepEqual(differences(await comparable(join(folder, 'crash')), expected), []);
});

test.serial('a pass that hangs past the deadline costs only its own shard an attempt', async (t) => {
  const notes: string[] = [];
  const fakes = { folder, name: 'hang', fault: `if (device === '1' && once()) hang();`, deadline: 6 };
  await runOnFakes(fakes, { onNote: (text) => notes.push(text) });
  const died = notes.filter((text) => text.startsWith('the pool process died'));
  t.is(died.length, 1);
  t.regex(
    died[0]!,
    /^the pool process died \(killed, since no pass ended within 6 s\) with shard \w+ \([^()]*\) on cpu:1 in flight; starting it again$/,
  );
  t.deepEqual(differences(await comparable(join(folder, 'hang')), expected), []);
});

for (const [how, ending] of [
  ['is ended', 'process.exit(3)'],
  [
    'throws where nobody catches',
    `setTimeout(() => { throw new Error('late'); }); await new Promise(() => {})`,
  ],
] as const) {
  test.serial(`a worker thread that ${how} is replaced, with the same device`, async (t) => {
    const notes: string[] = [];
    const name = `thread ${how}`;
    const fakes = { folder, name, fault: `if (device === '1' && once()) { ${ending}; }` };
    await runOnFakes(fakes, { onNote: (text) => notes.push(text) });
    t.deepEqual(
      notes.filter((text) => text.startsWith('the pool process died')),
      [],
    );
    t.is(notes.filter((text) => /(worker exited with code: 3|late); trying again$/.test(text)).length, 1);
    const threads = new Map<string, Set<string>>();
    for (const { device, thread } of await taken(fakes)) {
      threads.set(device, (threads.get(device) ?? new Set()).add(thread));
    }
    t.deepEqual([threads.get('0')!.size, threads.get('1')!.size], [1, 2]);
    t.deepEqual(differences(await comparable(join(folder, name)), expected), []);
  });
}

for (const [how, act, replaced] of [
  ['throws on every shard', `throw new Error('an illegal address')`, /^the pool process is replaced, since /],
  ['crashes on every shard', 'crash()', /^the pool process died \(signal SIGABRT\) with /],
] as const) {
  test.serial(`a device that ${how} is left out, and the others do the run, byte for byte`, async (t) => {
    const notes: string[] = [];
    const fakes = { folder, name: how, fault: `if (device === '1') ${act};` };
    const { leftOut } = await runOnFakes(fakes, { onNote: (text) => notes.push(text) });
    t.deepEqual(leftOut, ['cpu:1']);
    t.true(notes.some((text) => replaced.test(text)));
    t.deepEqual(
      notes.filter((text) => / goes on without it$/.test(text)),
      ['cpu:1 keeps failing on shards that cpu:0 can score; the run goes on without it'],
    );
    const onIt = (await taken(fakes)).filter(({ device }) => device === '1');
    t.true(onIt.length <= 6, String(onIt.length));
    t.deepEqual(differences(await comparable(join(folder, how)), expected), []);
  });
}

for (const [how, act, told] of [
  ['crashes', 'crash()', /signal SIGABRT on cpu:[01]/],
  ['throws', `throw new Error('no luck')`, /no luck on cpu:[01]/],
] as const) {
  test.serial(
    `a shard that always ${how} is named, all others of its wave are done, and the same command goes on`,
    async (t) => {
      const name = `always ${how}`;
      const out = join(folder, name);
      // The first that is taken, so that all others come after its first failure.
      const [culprit] = firstWave;
      const fault = `if (task.id === '${culprit}') ${act};`;
      const fakes = { folder, name, fault };
      const notes: string[] = [];
      const running = runOnFakes(fakes, { onNote: (text) => notes.push(text) });
      const error = (await t.throwsAsync(running, { instanceOf: RunFailedError }))!;
      t.is(exitCodes[(error as RunFailedError).kind], 1);
      t.regex(
        error.message,
        /^1 shard of this wave could not be scored, all others are done and kept: shard /,
      );
      t.true(error.message.includes(`shard ${culprit.slice(0, 12)} (model net, set `));
      t.regex(error.message, /failed 3 times: /);
      t.regex(error.message, told);
      t.regex(error.message, /make the same call again, which tries it again$/);
      t.is((await shardNames(out)).length, firstWave.length - 1);
      const tasks = await taken(fakes);
      t.is(tasks.filter(({ shard }) => shard === culprit).length, 3);
      // Whatever was in flight with it at first, later it fails alone.
      const died = notes.filter((text) => text.startsWith('the pool process died'));
      t.is(died.length, how === 'crashes' ? 3 : 0);
      for (const text of died.slice(1)) t.is(text.match(/shard [0-9a-f]{12}/g)!.length, 1, text);
      t.is(notes.filter((text) => text.endsWith('is given up, the others go on')).length, 1);
      const again = await runExperiment(folder, out, '--device', 'cpu:0,1');
      t.is(again.code, 0, again.err);
      t.deepEqual(differences(await comparable(out), expected), []);
    },
  );
}

test.serial('a run whose worker threads lack a file ends at once and says which', async (t) => {
  const notes: string[] = [];
  const fakes = { folder, name: 'unloadable', fault: '', load: `await import('./no-such-file.mjs');` };
  await t.throwsAsync(runOnFakes(fakes, { onNote: (text) => notes.push(text) }), {
    instanceOf: RunFailedError,
    message:
      /^the worker program can't be loaded \(Cannot find module '.*no-such-file\.mjs' imported from .*\); install grodin again, then make the same call again$/,
  });
  t.deepEqual(
    notes.filter((text) => !text.startsWith('memory: ')),
    [],
  );
  t.deepEqual(await taken(fakes), []);
});
