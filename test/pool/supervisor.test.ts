import { join } from 'node:path';
import test from 'ava';
import type { PoolOrder } from '../../pipeline/pool/pool-messages.js';
import { supervise } from '../../pipeline/pool/supervisor.js';
import { InputError, InterruptedError, RunFailedError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { temporaryFolder } from '../temporary-folder.js';

nameSettingsAsOptions();

// Stand-ins for the pool process: they count their starts in a file, and see no experiment.
const order = {
  experiment: {},
  out: '',
  devices: [{ name: 'cpu', which: null }],
  precision: 'fp32',
  workers: 1,
  memory: null,
  reduce: true,
  deadline: 600,
  cache: null,
} as unknown as PoolOrder;
const counting = `
  import { appendFileSync, readFileSync } from 'node:fs';
  appendFileSync(new URL('starts', import.meta.url), '.');
  const starts = readFileSync(new URL('starts', import.meta.url)).length;
  const send = (message) => new Promise((resolve) => process.send(message, resolve));
`;

async function pool(t: Parameters<typeof temporaryFolder>[0], program: string): Promise<string> {
  const folder = await temporaryFolder(t, { 'pool.mjs': counting + program });
  return join(folder, 'pool.mjs');
}

test('a pool process that aborts as native code does is started again', async (t) => {
  const entry = await pool(
    t,
    `process.on('message', async () => {
       if (starts < 3) process.kill(process.pid, 'SIGABRT');
       await send({ kind: 'finished' });
       process.exit(0);
     });`,
  );
  const notes: string[] = [];
  await supervise(order, { entry, onNote: (text) => notes.push(text) });
  t.is(notes.length, 2);
  t.regex(notes[0]!, /the pool process died \(signal SIGABRT\); starting it again/);
});

test('a pool that dies three times without finishing a shard is given up', async (t) => {
  const entry = await pool(t, `process.on('message', () => process.exit(7));`);
  await t.throwsAsync(supervise(order, { entry }), {
    instanceOf: RunFailedError,
    message: /^the pool process died 3 times without finishing a shard in between \(exit code 7\)/,
  });
});

test('deaths with finished shards in between do not add up', async (t) => {
  const entry = await pool(
    t,
    `process.on('message', async () => {
       if (starts === 6) await send({ kind: 'finished' });
       else await send({ kind: 'ended', id: 'a', finished: true, failed: null, hopeless: false });
       process.kill(process.pid, starts === 6 ? 'SIGTERM' : 'SIGKILL');
     });`,
  );
  await t.notThrowsAsync(supervise(order, { entry }));
});

test('an error of the run is thrown as what it is, and the pool is not started again', async (t) => {
  const entry = await pool(
    t,
    `process.on('message', async () => {
       if (starts > 1) process.abort();
       await send({ kind: 'failed', thrown: { name: 'InputError', kind: 'input', message: 'mend this', stack: null } });
       process.exit(0);
     });`,
  );
  await t.throwsAsync(supervise(order, { entry }), { instanceOf: InputError, message: 'mend this' });
});

test('stopping asks the pool to stop, and ends as interrupted', async (t) => {
  const entry = await pool(
    t,
    `process.on('message', async ({ kind }) => {
       if (kind === 'start') return send({ kind: 'note', text: 'ready' });
       await send({ kind: 'stopped' });
       process.exit(0);
     });`,
  );
  const stop = new AbortController();
  const supervision = { entry, stop: stop.signal, onNote: () => stop.abort() };
  await t.throwsAsync(supervise(order, supervision), { instanceOf: InterruptedError });
});

test('killing ends a pool that does not answer', async (t) => {
  const entry = await pool(
    t,
    `process.on('message', async ({ kind }) => {
       if (kind === 'start') await send({ kind: 'note', text: 'ready' });
     });
     process.on('SIGTERM', () => {});`,
  );
  const kill = new AbortController();
  const supervision = { entry, kill: kill.signal, onNote: () => kill.abort() };
  await t.throwsAsync(supervise(order, supervision), { instanceOf: InterruptedError });
});

test('a pool process that does not answer any more is replaced, whatever was in flight', async (t) => {
  const entry = await pool(
    t,
    `process.on('message', async () => {
       await send({ kind: 'started', id: 'a', name: 'shard a', device: 'cpu' });
       if (starts === 1) for (;;);
       await send({ kind: 'finished' });
       process.exit(0);
     });`,
  );
  const notes: string[] = [];
  await supervise(order, { entry, silence: 6, onNote: (text) => notes.push(text) });
  t.deepEqual(notes, ['the pool process died (killed, since it did not answer for 6 s); starting it again']);
});

test('attempts at a shard are told to the next pool process', async (t) => {
  const entry = await pool(
    t,
    `process.on('message', async ({ attempts }) => {
       await send({ kind: 'note', text: JSON.stringify(attempts.shards.map(({ id, failed }) => [id, failed.length])) });
       if (starts === 3) await send({ kind: 'finished' });
       else await send({ kind: 'started', id: 'a', name: 'shard a', device: 'cuda:1' });
       process.kill(process.pid, 'SIGSEGV');
     });`,
  );
  const notes: string[] = [];
  await supervise(order, { entry, onNote: (text) => notes.push(text) });
  const died = 'the pool process died (signal SIGSEGV) with shard a on cuda:1 in flight; starting it again';
  t.deepEqual(notes, ['[]', died, '[["a",1]]', died, '[["a",2]]']);
});

test('a pool that dies of always other shards and finishes none is given up', async (t) => {
  const entry = await pool(
    t,
    `process.on('message', async () => {
       await send({ kind: 'started', id: String(starts), name: 'shard ' + starts, device: 'cpu' });
       process.kill(process.pid, 'SIGSEGV');
     });`,
  );
  await t.throwsAsync(supervise(order, { entry }), {
    instanceOf: RunFailedError,
    message:
      /^the pool process died 10 times without finishing a shard in between \(signal SIGSEGV\) with shard 10 on cpu in flight; /,
  });
});

test('where a pool keeps dying of passes that hang, the advice is a longer deadline', async (t) => {
  const entry = await pool(
    t,
    `process.on('message', async () => {
       await send({ kind: 'started', id: String(starts), name: 'shard ' + starts, device: 'cpu' });
       await send({ kind: 'hung', id: String(starts), how: 'no pass ended within 0.01 s' });
       process.kill(process.pid, 'SIGKILL');
     });`,
  );
  await t.throwsAsync(supervise(order, { entry }), {
    instanceOf: RunFailedError,
    message:
      /^the pool process died 10 times .*; finished shards are kept: raise --deadline if .*; then run the same command again$/,
  });
});

test('shards that were given up on the way are named when the pool keeps dying', async (t) => {
  const entry = await pool(
    t,
    `process.on('message', async () => {
       const id = starts <= 3 ? 'first' : String(starts);
       await send({ kind: 'started', id, name: 'shard ' + id, device: 'cpu' });
       process.kill(process.pid, 'SIGSEGV');
     });`,
  );
  await t.throwsAsync(supervise(order, { entry }), {
    instanceOf: RunFailedError,
    message: /; shard first was given up before; finished shards are kept: take less memory /,
  });
});

test('a pool process that a stale device ends is replaced, and nothing is held against a shard', async (t) => {
  const entry = await pool(
    t,
    `process.on('message', async ({ attempts, isRestart }) => {
       await send({ kind: 'note', text: JSON.stringify([attempts.shards.length, isRestart]) });
       await send(starts === 1 ? { kind: 'stale', how: 'cuda:1 failed on several shards in a row (no luck)' } : { kind: 'finished' });
       process.exit(0);
     });`,
  );
  const notes: string[] = [];
  await supervise(order, { entry, onNote: (text) => notes.push(text) });
  t.deepEqual(notes, [
    '[0,false]',
    'the pool process is replaced, since cuda:1 failed on several shards in a row (no luck)',
    '[0,true]',
  ]);
});
