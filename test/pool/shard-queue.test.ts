import test from 'ava';
import { AttemptRecord, type ShardAttempts } from '../../pipeline/pool/attempts.js';
import { type DeviceHistory, StaleDeviceError } from '../../pipeline/pool/device-record.js';
import { Idleness } from '../../pipeline/pool/idleness.js';
import type { ShardEvent } from '../../pipeline/pool/pool-messages.js';
import type { ShardWorker } from '../../pipeline/pool/shard-lanes.js';
import { type ShardWork, workOff } from '../../pipeline/pool/shard-queue.js';
import { ShardTrials } from '../../pipeline/pool/shard-trials.js';
import { InputError, RunFailedError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { ShardAnswer } from '../../workers/task.js';

nameSettingsAsOptions();

type Worker = ShardWorker['score'];

const shards = ['a', 'b', 'c', 'd'].map((id): PlannedShard => {
  return {
    id,
    model: 'net',
    set: 'clean',
    rows: Int32Array.of(0),
    cells: [],
    forwardCells: [],
    forwardTemperatures: [1],
  };
});

function finished(id: string): ShardAnswer {
  return { kind: 'finished', report: { id, images: 1, seconds: 0, failures: [] } };
}

function work(
  workers: readonly Worker[],
  change: Partial<ShardWork> = {},
  before: readonly ShardAttempts[] = [],
  devices: readonly DeviceHistory[] = [],
) {
  const events: ShardEvent[] = [];
  const done: string[] = [];
  const notes: string[] = [];
  const options: ShardWork = {
    workers: workers.map((score, index) => ({ device: `cpu:${index}`, score })),
    batchSize: 8,
    trials: new ShardTrials(
      new AttemptRecord(
        workers.map((_, index) => `cpu:${index}`),
        { shards: before, devices },
      ),
      (event) => events.push(event),
    ),
    nameOf: ({ id }) => `shard ${id}`,
    claim: async () => 'mine',
    look: async () => {},
    onFinished: (shard) => done.push(shard.id),
    note: (text) => notes.push(text),
    isStopped: () => false,
    idleness: new Idleness(null),
    ...change,
  };
  return { done, notes, events, options };
}

test('several workers share the shards and do each once', async (t) => {
  const worker: Worker = async (shard) => finished(shard.id);
  const { done, options } = work([worker, worker, worker]);
  t.true(await workOff(shards, options));
  t.deepEqual(done.sort(), ['a', 'b', 'c', 'd']);
});

test('a worker has one shard at a time, and its shards are told with its own device', async (t) => {
  const busy = [0, 0, 0];
  const by = new Map<string, string>();
  const worker =
    (index: number): Worker =>
    async (shard) => {
      busy[index]! += 1;
      t.is(busy[index], 1, `worker ${index}`);
      by.set(shard.id, `cpu:${index}`);
      await new Promise((resolve) => setTimeout(resolve, 5 + 10 * index));
      busy[index]! -= 1;
      return finished(shard.id);
    };
  const many = Array.from({ length: 20 }, (_, index) => ({ ...shards[0]!, id: `s${index}` }));
  const { events, options } = work([0, 1, 2].map(worker));
  t.true(await workOff(many, options));
  for (const event of events) if (event.kind === 'started') t.is(event.device, by.get(event.id) ?? '');
});

test('a shard whose task threw is tried again after the others', async (t) => {
  let failures = 2;
  const worker: Worker = async (shard) => {
    if (shard.id === 'a' && failures-- > 0) throw new Error('no luck');
    return finished(shard.id);
  };
  const { done, notes, options } = work([worker]);
  t.true(await workOff(shards, options));
  t.deepEqual(done, ['b', 'c', 'd', 'a']);
  t.is(notes.length, 2);
});

test('a shard that fails three times is given up, and told when the others are done', async (t) => {
  let attempts = 0;
  const worker: Worker = async (shard) => {
    if (shard.id !== 'b') return finished(shard.id);
    attempts += 1;
    throw new Error('broken for good');
  };
  const { done, options } = work([worker]);
  await t.throwsAsync(workOff(shards, options), {
    instanceOf: RunFailedError,
    message:
      /^1 shard of this wave could not be scored, all others are done and kept: shard b failed 3 times: broken for good on cpu:0 \(3 times\); .* run the same command again/,
  });
  t.is(attempts, 3);
  t.deepEqual(done, ['a', 'c', 'd']);
});

test('after an allocation failure the batch is halved until it fits', async (t) => {
  const sizes: number[] = [];
  const worker: Worker = async (shard, batchSize) => {
    if (shard.id === 'c') sizes.push(batchSize);
    if (shard.id === 'c' && batchSize > 2) return { kind: 'out-of-memory', message: 'bad_alloc' };
    return finished(shard.id);
  };
  const { done, options } = work([worker]);
  t.true(await workOff(shards, options));
  t.deepEqual(sizes, [8, 4, 2]);
  t.is(done.length, 4);
});

test('an allocation failure that is thrown halves the batch too', async (t) => {
  const sizes: number[] = [];
  const worker: Worker = async (shard, batchSize) => {
    if (shard.id === 'c') sizes.push(batchSize);
    if (shard.id === 'c' && batchSize > 4) throw new RangeError('Array buffer allocation failed');
    return finished(shard.id);
  };
  const { options } = work([worker]);
  t.true(await workOff(shards, options));
  t.deepEqual(sizes, [8, 4]);
});

test('an allocation failure at batch 1 ends as a failed shard', async (t) => {
  const { options } = work([async () => ({ kind: 'out-of-memory', message: 'bad_alloc' })]);
  await t.throwsAsync(workOff(shards, options), {
    instanceOf: RunFailedError,
    message: /^4 shards of this wave .* failed once: out of memory with one image at a time \(bad_alloc\) on/,
  });
});

test('what a worker refuses ends the work at once', async (t) => {
  let calls = 0;
  const worker: Worker = async () => {
    calls += 1;
    return { kind: 'refused', message: 'the network takes 1 channel' };
  };
  const { options } = work([worker]);
  await t.throwsAsync(workOff(shards, options), { instanceOf: InputError, message: /takes 1 channel/ });
  t.is(calls, 1);
});

test('stopping ends the work without an error and leaves the rest undone', async (t) => {
  let stopped = false;
  const worker: Worker = async (shard) => {
    stopped = true;
    return finished(shard.id);
  };
  const { done, options } = work([worker], { isStopped: () => stopped });
  t.false(await workOff(shards, options));
  t.deepEqual(done, ['a']);
});

test('a shard that another process has done is passed over', async (t) => {
  const scored: string[] = [];
  const worker: Worker = async (shard) => {
    scored.push(shard.id);
    return finished(shard.id);
  };
  const { done, options } = work([worker], { claim: async ({ id }) => (id === 'b' ? 'done' : 'mine') });
  t.true(await workOff(shards, options));
  t.deepEqual(scored.sort(), ['a', 'c', 'd']);
  t.is(done.length, 4);
});

test('a shard that another process is at is left to the end, and counts when that has finished it', async (t) => {
  const scored: string[] = [];
  const asked: string[] = [];
  const worker: Worker = async (shard) => {
    scored.push(shard.id);
    return finished(shard.id);
  };
  const { done, options } = work([worker], {
    claim: async ({ id }) => {
      asked.push(id);
      if (id !== 'b') return 'mine';
      return asked.filter((one) => one === 'b').length < 4 ? 'held' : 'done';
    },
  });
  t.true(await workOff(shards, options));
  // Behind one that another is at it goes on anywhere.
  t.deepEqual(scored.sort(), ['a', 'c', 'd']);
  t.is(done.at(-1), 'b');
  t.is(asked.filter((one) => one === 'b').length, 4);
  t.deepEqual([...new Set(asked)].sort(), ['a', 'b', 'c', 'd']);
});

test('shards whose holder ended are done by all workers that waited for them', async (t) => {
  let asked = 0;
  const scored = new Map<number, string[]>([0, 1].map((worker) => [worker, []]));
  const workers = [0, 1].map(
    (index): Worker =>
      async (shard) => {
        scored.get(index)!.push(shard.id);
        await new Promise((resolve) => setTimeout(resolve, 20));
        return finished(shard.id);
      },
  );
  const claim: ShardWork['claim'] = async () => {
    asked += 1;
    return asked <= 12 ? 'held' : 'mine';
  };
  const { done, options } = work(workers, { claim });
  t.true(await workOff(shards, options));
  t.deepEqual(done.sort(), ['a', 'b', 'c', 'd']);
  t.true(scored.get(0)!.length > 0 && scored.get(1)!.length > 0);
});

test('stopping does not wait for what other processes hold', async (t) => {
  let asked = 0;
  const claim: ShardWork['claim'] = async () => {
    asked += 1;
    return 'held';
  };
  const { done, options } = work([async (shard) => finished(shard.id)], {
    claim,
    isStopped: () => asked > 6,
  });
  t.false(await workOff(shards, options));
  t.deepEqual(done, []);
});

test('waiting for what other processes hold has a bound, which own work sets back', async (t) => {
  let asked = 0;
  const claim: ShardWork['claim'] = async ({ id }) => {
    if (id !== 'a') return 'mine';
    asked += 1;
    return 'held';
  };
  const workers = [0, 1].map((): Worker => async (shard) => finished(shard.id));
  const idleness = new Idleness(0.2);
  const { done, options } = work(workers, { claim, idleness });
  t.false(await workOff(shards, options));
  t.true(idleness.wasTooLong);
  t.true(asked > 2);
  t.deepEqual(done.sort(), ['b', 'c', 'd']);
});

test('what is claimed while the work is told to end is not begun', async (t) => {
  let stopped = false;
  const scored: string[] = [];
  const worker: Worker = async ({ id }) => {
    scored.push(id);
    return finished(id);
  };
  const { options } = work([worker], {
    claim: async () => {
      stopped = true;
      return 'mine';
    },
    isStopped: () => stopped,
  });
  t.false(await workOff(shards, options));
  t.deepEqual(scored, []);
});

test('shards that a process may have died of come first, one at a time, on the device that they were on', async (t) => {
  const died = { kind: 'died', how: 'signal SIGABRT', device: 'cpu:1', certain: false } as const;
  const before = [
    { id: 'c', failed: [died], hopeless: false },
    { id: 'd', failed: [died, { ...died, certain: true }], hopeless: false },
  ];
  let inFlight = 0;
  const log: string[] = [];
  const worker =
    (device: string): Worker =>
    async (shard) => {
      inFlight += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
      log.push(`${shard.id} on ${device}, ${inFlight} in flight`);
      inFlight -= 1;
      return finished(shard.id);
    };
  const { done, events, options } = work([worker('cpu:0'), worker('cpu:1')], {}, before);
  t.true(await workOff(shards, options));
  // Where a death was its own, another device is asked.
  t.deepEqual(log.slice(0, 2), ['c on cpu:1, 1 in flight', 'd on cpu:0, 1 in flight']);
  t.is(done.length, 4);
  t.deepEqual(events.slice(2, 4), [
    { kind: 'started', id: 'd', name: 'shard d', device: 'cpu:0' },
    { kind: 'ended', id: 'd', finished: true, failed: null, hopeless: false },
  ]);
});

test('a shard that a process may have died of, and that another process is at, does not hold up the others', async (t) => {
  const died = { kind: 'died', how: 'signal SIGABRT', device: 'cpu:0', certain: false } as const;
  const before = [{ id: 'a', failed: [died], hopeless: false }];
  let asked = 0;
  const claim: ShardWork['claim'] = async ({ id }) => {
    if (id !== 'a') return 'mine';
    asked += 1;
    return asked < 3 ? 'held' : 'done';
  };
  const { done, options } = work([async (shard) => finished(shard.id)], { claim }, before);
  t.true(await workOff(shards, options));
  t.deepEqual(done, ['b', 'c', 'd', 'a']);
});

test('what one device failed on is done by another', async (t) => {
  const log: string[] = [];
  const bad: Worker = async (shard) => {
    log.push(shard.id);
    throw new Error('no luck');
  };
  const good: Worker = async (shard) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return finished(shard.id);
  };
  const { done, options } = work([bad, good]);
  t.true(await workOff(shards.slice(0, 2), options));
  t.deepEqual(done.sort(), ['a', 'b']);
  t.deepEqual(log, ['a']);
});

test('a device that fails on shard after shard, which a new process may heal, ends the process without loss', async (t) => {
  const bad: Worker = async () => {
    throw new Error('an illegal address');
  };
  const slow: Worker = async (shard) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return finished(shard.id);
  };
  const { done, options } = work([bad, slow]);
  await t.throwsAsync(workOff(shards, options), {
    instanceOf: StaleDeviceError,
    message: 'cpu:0 failed on several shards in a row (an illegal address)',
  });
  // What was in flight on the other.
  t.is(done.length, 1);
});

test('a device that fails in a new process too waits until another finishes a shard, and is used no more then', async (t) => {
  let tried = 0;
  const bad: Worker = async () => {
    tried += 1;
    throw new Error('an illegal address');
  };
  const slow: Worker = async (shard) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return finished(shard.id);
  };
  const devices = [{ device: 'cpu:0', failed: ['x', 'y', 'z'], processes: 1, isBroken: false }];
  const { done, notes, options } = work([bad, slow], {}, [], devices);
  t.true(await workOff(shards, options));
  t.is(tried, 1);
  t.deepEqual(done.sort(), ['a', 'b', 'c', 'd']);
  t.deepEqual(notes, [
    'shard a: an illegal address; trying again',
    'cpu:0 keeps failing on shards that cpu:1 can score; the run goes on without it',
  ]);
});

test('where the only device fails on everything in a new process too, the run ends, and no shard is given up', async (t) => {
  const bad: Worker = async () => {
    throw new Error('no space left');
  };
  const devices = [{ device: 'cpu:0', failed: ['x', 'y', 'z'], processes: 1, isBroken: false }];
  const { notes, options } = work([bad], {}, [], devices);
  await t.throwsAsync(workOff(shards, options), {
    instanceOf: RunFailedError,
    message:
      /^cpu:0 failed on several shards in a row, even after a restart \(no space left\); finished shards are kept: fix what the errors name, /,
  });
  t.is(notes.length, 3);
});

test('a shard that was given up in an earlier process is not tried, and told at the end', async (t) => {
  const hung = { kind: 'hung', how: 'no pass ended within 2 s', device: 'cpu:0', certain: true } as const;
  const { done, options } = work([async (shard) => finished(shard.id)], {}, [
    { id: 'c', failed: [hung, hung, hung], hopeless: false },
  ]);
  await t.throwsAsync(workOff(shards, options), {
    instanceOf: RunFailedError,
    message: /shard c failed 3 times: no pass ended within 2 s on cpu:0 \(3 times\); raise --deadline/,
  });
  t.deepEqual(done, ['a', 'b', 'd']);
});
