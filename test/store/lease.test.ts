import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { markOfThisProcess, type ProcessMark } from '../../manifests/output/living-process.js';
import { withSteps } from '../../manifests/output/step.js';
import { type LeaseClaim, Leases, type LeaseTiming, readLeases } from '../../pipeline/store/lease.js';
import { temporaryFolder } from '../temporary-folder.js';

const never: LeaseTiming = { heartbeatMilliseconds: 1e9, staleMilliseconds: 1e9 };
// A watcher that takes over whatever did not change since it looked before.
const hasty: LeaseTiming = { heartbeatMilliseconds: 1e9, staleMilliseconds: 0 };

/** A folder for leases, and what makes processes' views of it, which are closed at the end. */
async function leaseFolder(t: ExecutionContext) {
  const folder = join(await temporaryFolder(t), 'leases');
  const open = (timing = never): Leases => {
    const leases = new Leases(folder, timing);
    t.teardown(() => leases.close());
    return leases;
  };
  return { folder, open };
}

async function leave(folder: string, name: string, holder: Partial<ProcessMark>): Promise<void> {
  const mark = { ...(await markOfThisProcess()), ...holder };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `${JSON.stringify({ ...mark, token: 'left' })}\n           0\n`);
}

/** Of leases; each who claims has a hidden file beside them. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.'));
}

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

test('of many that claim at once exactly one gets the lease, and the others learn who has it', async (t) => {
  const { open } = await leaseFolder(t);
  const claims = await Promise.all(Array.from({ length: 20 }, () => open().claim('a')));
  t.is(claims.filter(({ kind }) => kind === 'mine').length, 1);
  for (const claim of claims) if (claim.kind === 'held') t.is(claim.by?.pid, process.pid);
});

test('a lease that was given back can be claimed, and the folder goes with the last one', async (t) => {
  const { folder, open } = await leaseFolder(t);
  const [one, other] = [open(), open()];
  t.is((await one.claim('a')).kind, 'mine');
  t.is((await one.claim('b')).kind, 'mine');
  t.is((await other.claim('a')).kind, 'held');
  await one.releaseAtOnce('a');
  t.is((await other.claim('a')).kind, 'mine');
  await one.close();
  t.deepEqual(await namesIn(folder), ['a']);
  await other.close();
  await t.throwsAsync(readdir(folder), { code: 'ENOENT' });
});

test('claims and the removal of the empty folder do not get in each other’s way', async (t) => {
  const { open } = await leaseFolder(t);
  const process = async (name: string): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      const leases = open();
      t.is((await leases.claim(`${name}-${round}`)).kind, 'mine');
      await leases.close();
    }
  };
  await t.notThrowsAsync(Promise.all(['a', 'b', 'c'].map(process)));
});

test('the lease of a process of this machine that has ended is taken over at once', async (t) => {
  const { folder, open } = await leaseFolder(t);
  await leave(folder, 'a', { pid: await endedProcess() });
  t.deepEqual(await open().claim('a'), { kind: 'mine', silent: null });
});

test('a process that has the number of an ended one is not taken for it', async (t) => {
  const { folder, open } = await leaseFolder(t);
  const { started } = await markOfThisProcess();
  await leave(folder, 'a', { started: started === null ? null : `${Number(started) - 1}` });
  t.is((await open().claim('a')).kind, started === null ? 'held' : 'mine');
});

test('of the processes of other machines only silence tells', async (t) => {
  const { folder, open } = await leaseFolder(t);
  await leave(folder, 'a', { host: 'far', machine: 'another', pid: await endedProcess() });
  const [patient, watcher] = [open(), open(hasty)];
  for (let look = 0; look < 3; look += 1) t.is((await patient.claim('a')).kind, 'held');
  t.is((await watcher.claim('a')).kind, 'held', 'the first look only begins the watch');
  const claim = await watcher.claim('a');
  t.is(claim.kind === 'mine' ? claim.silent?.host : null, 'far');
});

test('a lease file that nobody can read is taken over when it does not change', async (t) => {
  const { folder, open } = await leaseFolder(t);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'a'), '');
  const watcher = open(hasty);
  t.deepEqual(await watcher.claim('a'), { kind: 'held', by: null });
  t.is((await watcher.claim('a')).kind, 'mine');
});

test('a lease that is renewed between two looks is not taken over', async (t) => {
  const { folder, open } = await leaseFolder(t);
  await open({ ...never, heartbeatMilliseconds: 1 }).claim('a');
  const watcher = open(hasty);
  for (let look = 0; look < 5; look += 1) {
    t.is((await watcher.claim('a')).kind, 'held');
    const before = await readFile(join(folder, 'a'), 'utf8');
    while ((await readFile(join(folder, 'a'), 'utf8')) === before) await pause(1);
  }
});

test('of several takers one gets a stale lease, and its new holder keeps it', async (t) => {
  for (let round = 0; round < 10; round += 1) {
    const { folder, open } = await leaseFolder(t);
    await leave(folder, 'a', { pid: await endedProcess() });
    const claims = await Promise.all(Array.from({ length: 8 }, () => open().claim('a')));
    t.is(claims.filter(({ kind }) => kind === 'mine').length, 1);
    t.is((await open().claim('a')).kind, 'held');
    t.deepEqual(await namesIn(folder), ['a']);
  }
});

test('who is slow to take over does not move the lease of a faster one away', async (t) => {
  const { folder, open } = await leaseFolder(t);
  await leave(folder, 'a', { pid: await endedProcess() });
  const [slow, fast, third] = [open(), open(), open()];
  const claims: LeaseClaim[] = [];
  let isFirst = true;
  const meanwhile = async (name: string): Promise<void> => {
    // The slow one has looked at what was left, and is about to do something about it.
    if (!/take/.test(name) && isFirst) return;
    const other = isFirst ? fast : third;
    isFirst = false;
    claims.push(
      await withSteps(
        () => {},
        () => other.claim('a'),
      ),
    );
  };
  claims.push(await withSteps(meanwhile, () => slow.claim('a')));
  t.deepEqual(claims.map(({ kind }) => kind).toSorted(), [...claims.slice(1).map(() => 'held'), 'mine']);
  t.true(claims.length > 2);
  t.deepEqual(await namesIn(folder), ['a']);
});

test('what somebody was taking away when it ended is taken away by the next', async (t) => {
  const { folder, open } = await leaseFolder(t);
  const pid = await endedProcess();
  for (const name of ['a', '.a.taker', '.gone.taker']) await leave(folder, name, { pid });
  const leases = open();
  t.is((await leases.claim('a')).kind, 'mine');
  t.false((await readdir(folder)).includes('.a.taker'));
  await leases.close();
  await t.throwsAsync(readdir(folder), { code: 'ENOENT' });
});

test('what somebody is taking away is left to it, unless it gives no signs of life', async (t) => {
  const { folder, open } = await leaseFolder(t);
  await leave(folder, 'a', { pid: await endedProcess() });
  await leave(folder, '.a.taker', { machine: 'another' });
  const [patient, watcher] = [open(), open(hasty)];
  for (let look = 0; look < 3; look += 1) t.is((await patient.claim('a')).kind, 'held');
  t.is((await watcher.claim('a')).kind, 'held', 'the first look only begins the watch');
  t.is((await watcher.claim('a')).kind, 'mine');
});

test('who lost a lease while it stood still neither renews nor removes that of the next', async (t) => {
  const { folder, open } = await leaseFolder(t);
  const slow = open({ ...never, heartbeatMilliseconds: 5 });
  await slow.claim('a');
  // As if it had been stopped: its file is out of the way, another's in its place.
  const next = open();
  await leave(folder, 'next', {});
  await rename(join(folder, 'next'), join(folder, 'a'));
  const before = await readFile(join(folder, 'a'), 'utf8');
  await pause(50);
  await slow.release('a');
  t.is(await readFile(join(folder, 'a'), 'utf8'), before);
  t.is((await next.claim('a')).kind, 'held');
});

test('closing clears away what ended processes left, and leaves what others hold', async (t) => {
  const { folder, open } = await leaseFolder(t);
  const pid = await endedProcess();
  await leave(folder, 'ended', { pid });
  await leave(folder, 'far', { machine: 'another', pid });
  const leases = open();
  await leases.claim('own');
  await leases.close();
  t.deepEqual(await readdir(folder), ['far']);
});

test('what was claimed again after a while is not taken for what was watched before', async (t) => {
  const { open } = await leaseFolder(t);
  const holder = open();
  await holder.claim('a');
  const watcher = open(hasty);
  t.is((await watcher.claim('a')).kind, 'held');
  await holder.release('a');
  t.is((await holder.claim('a')).kind, 'mine');
  t.is((await watcher.claim('a')).kind, 'held');
});

test('who was taken for dead goes on with another file', async (t) => {
  const { folder, open } = await leaseFolder(t);
  await leave(folder, 'a', { machine: 'another' });
  const slow = open();
  await slow.claim('b');
  for (const name of await readdir(folder)) if (name.startsWith('.')) await unlink(join(folder, name));
  t.is((await slow.claim('c')).kind, 'mine');
  t.deepEqual(await namesIn(folder), ['a', 'b', 'c']);
  await slow.close();
  t.deepEqual(await readdir(folder), ['a']);
});

test('a holder that gives no signs of life leaves nothing behind', async (t) => {
  const { folder, open } = await leaseFolder(t);
  const silent = open();
  await silent.claim('a');
  const text = await readFile(join(folder, 'a'), 'utf8');
  const far = JSON.stringify({ ...JSON.parse(text.split('\n')[0]!), machine: 'another' });
  for (const name of await readdir(folder)) await writeFile(join(folder, name), `${far}\n           1\n`);
  const watcher = open(hasty);
  await watcher.claim('a');
  t.is((await watcher.claim('a')).kind, 'mine');
  await watcher.close();
  await t.throwsAsync(readdir(folder), { code: 'ENOENT' });
});

test('leases say since when each is held', async (t) => {
  const { folder, open } = await leaseFolder(t);
  const leases = open();
  const before = Date.now();
  for (const name of ['a', 'b']) await leases.claim(name);
  await leases.release('a');
  const [seen] = await readLeases(folder);
  t.is(seen?.name, 'b');
  t.true(seen!.since! >= before && seen!.since! <= Date.now());
});
