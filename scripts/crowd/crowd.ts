#!/usr/bin/env node
/**
 * A crowd of tasks on one run directory, in one process: how many requests each makes of the file system for a shard that it
 * finishes, and while there is nothing left for it to do. Shards and leases are claimed, kept, written and given back by the code
 * that `grodin run` does it with; only the scoring is a pause.
 *
 *     node dist/scripts/crowd/crowd.js [--tasks 1000] [--shards 20000] [--pause 2000] [--slow 300] [--places] FOLDER
 *
 * `--pause` is how long a shard takes (milliseconds), and `--slow` how long the last shards take that a few tasks are still at (seconds) while
 * all others wait. With `--places` each begins at a place of its own, as the tasks of an array do.
 */
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { ShardAnswer } from '../../workers/task.js';
import { counted, countOperations, type OperationCounts, sumOf } from './count-operations.js';

// Before anything is loaded that reads files.
countOperations((path) => !path.startsWith('/proc/'));

const { createHash } = await import('node:crypto');
const { mkdir, readdir } = await import('node:fs/promises');
const { resolve } = await import('node:path');
const { setTimeout: pause } = await import('node:timers/promises');
const { parseArgs } = await import('node:util');
const { Journal } = await import('../../pipeline/journal/journal.js');
const { AttemptRecord } = await import('../../pipeline/pool/attempts.js');
const { startingAt } = await import('../../pipeline/pool/first-shard.js');
const { Idleness } = await import('../../pipeline/pool/idleness.js');
const { ShardClaims } = await import('../../pipeline/pool/shard-claims.js');
const { workOff } = await import('../../pipeline/pool/shard-queue.js');
const { ShardTrials } = await import('../../pipeline/pool/shard-trials.js');
const { Leases } = await import('../../pipeline/store/lease.js');
const { markdownGrid } = await import('../../pipeline/tables/markdown-grid.js');
const { prepareRunDirectory, runDirectory } = await import('../../workers/store/run-directory.js');
const { encodeShard } = await import('../../workers/store/shard-file.js');
const { publishShard } = await import('../../workers/store/shard-store.js');

const usage =
  'crowd.js [--tasks 1000] [--shards 20000] [--pause 2000] [--slow 300] [--places] FOLDER, an empty or new one';

function refuse(why: string): never {
  process.stderr.write(`crowd: ${why}; usage: ${usage}\n`);
  process.exit(2);
}

function commandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        tasks: { type: 'string', default: '1000' },
        shards: { type: 'string', default: '20000' },
        pause: { type: 'string', default: '2000' },
        slow: { type: 'string', default: '300' },
        places: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return refuse(String(error instanceof Error ? error.message : error));
  }
}

/** A number of at least 1. */
function count(name: 'tasks' | 'shards' | 'pause' | 'slow'): number {
  const text = values[name];
  return /^[1-9]\d{0,8}$/.test(text)
    ? Number(text)
    : refuse(`--${name}: found ${text}; expected an integer of at least 1`);
}

const { values, positionals } = commandLine();
const [folder, more] = positionals;
if (folder === undefined) refuse('the folder to work in is missing');
if (more !== undefined) refuse(`found ${more} behind the folder`);
const tasks = count('tasks');
const shardCount = count('shards');
const pauseMilliseconds = count('pause');
const slowSeconds = count('slow');

const directory = runDirectory(resolve(folder));
await mkdir(directory.path, { recursive: true });
if ((await readdir(directory.path)).length > 0) refuse(`${folder}: is not empty`);
await prepareRunDirectory(directory);

const shards = Array.from(
  { length: shardCount },
  (_, place): PlannedShard => ({
    id: createHash('sha256').update(String(place)).digest('hex'),
    model: 'net',
    set: 'set',
    rows: Int32Array.of(place),
    cells: [],
    forwardCells: [],
    forwardTemperatures: [1],
  }),
);

/** What one task did. */
interface Told {
  /** While it had something to do. */
  readonly busy: OperationCounts;
  /** While it had not, in the first three minutes of that and from then on. */
  readonly idle: readonly [OperationCounts, OperationCounts];
  finished: number;
  idleSeconds: number;
}

/** Seconds after which a task that waits looks as rarely as it ever does. */
const settling = 180;
/** The first few tasks are at their last shard for long. */
const slowTasks = 5;
let left = shardCount;

async function task(number: number): Promise<Told> {
  const told: Told = { busy: new Map(), idle: [new Map(), new Map()], finished: 0, idleSeconds: 0 };
  const leases = new Leases(directory.leases);
  const journal = new Journal(directory.journals, number);
  let idleSince: number | null = null;
  await counted(told.busy, async () => {
    const claims = new ShardClaims(directory, leases, () => {});
    await claims.begin();
    const score = async (shard: PlannedShard): Promise<ShardAnswer> => {
      const from = Date.now();
      const isLast = number < slowTasks && left <= 2 * tasks;
      await pause(isLast ? slowSeconds * 1000 : pauseMilliseconds * (0.5 + Math.random()));
      await publishShard(directory, shard.id, shardBytes(shard.id));
      left -= 1;
      told.finished += 1;
      await journal.note({
        ...{ shard: shard.id, model: 'net', set: 'set', worker: 0, device: 'cpu', from, to: Date.now() },
        ...{ images: 1, passes: 1, failed: [] },
      });
      await leases.release(shard.id);
      return { kind: 'finished', report: { id: shard.id, images: 1, seconds: 1, failures: [] } };
    };
    const missing = shards.filter((shard) => !claims.isDone(shard));
    await workOff(
      startingAt(missing, values.places ? number / tasks : claims.othersAtWork ? Math.random() : 0),
      {
        workers: [{ device: 'cpu', score }],
        batchSize: 1,
        claim: (shard) => claims.claim(shard),
        look: (most) => {
          idleSince ??= performance.now();
          const isLater = performance.now() - idleSince > 1000 * settling;
          return counted(told.idle[isLater ? 1 : 0], () => claims.look(most));
        },
        trials: new ShardTrials(new AttemptRecord(['cpu']), () => {}),
        nameOf: ({ id }) => id,
        onFinished: () => {},
        note: () => {},
        isStopped: () => false,
        idleness: new Idleness(null),
      },
    );
    if (idleSince !== null) told.idleSeconds = (performance.now() - idleSince) / 1000;
    await leases.close();
    await journal.close();
  });
  return told;
}

function shardBytes(identity: string): Uint8Array {
  return encodeShard(
    {
      ...{
        ids: ['image'],
        labels: [0],
        paths: ['image'],
        digests: ['00'.repeat(32)],
        usable: [0],
        failures: [],
      },
      cells: [{ epsilon: 0, temperature: 1, gradient: false }],
      predicted: Int32Array.of(0),
      ...{ maxLogit: Float64Array.of(1), logOdds: Float64Array.of(1), logSG: Float64Array.of(Number.NaN) },
    },
    {
      ...{ identity, engine: 'none', engineVersion: '0', provider: 'none', processor: 'none' },
      ...{ batchSize: 1, stepsTogether: 1 },
    },
  );
}

const begun = performance.now();
const all = await Promise.all(Array.from({ length: tasks }, (_, number) => task(number)));
const seconds = (performance.now() - begun) / 1000;
const finished = all.reduce((sum, told) => sum + told.finished, 0);
const sum = (of: (told: Told) => number, some = all) => some.reduce((total, told) => total + of(told), 0);
const waiting = all.filter(({ idleSeconds }) => idleSeconds > slowSeconds / 2);
const kinds = new Map<string, number>();
for (const { busy } of all) for (const [name, count] of busy) kinds.set(name, (kinds.get(name) ?? 0) + count);
const files = (await readdir(directory.shards)).length;
process.stdout.write(
  markdownGrid(
    [
      { title: '', align: 'left' },
      { title: 'figure', align: 'right' },
    ],
    [
      ['tasks', String(tasks)],
      ['shards', `${files}, of which ${finished - files} were scored twice`],
      ['seconds', seconds.toFixed(0)],
      ['requests a finished shard', (sum(({ busy }) => sumOf(busy)) / finished).toFixed(2)],
      ...[...kinds]
        .sort((a, b) => b[1] - a[1])
        .map(([name, count]) => [`of these ${name}`, (count / finished).toFixed(2)]),
      [
        'requests of a task that waits, in the first three minutes',
        (sum(({ idle }) => sumOf(idle[0]), waiting) / waiting.length).toFixed(1),
      ],
      [
        'a minute from then on',
        (
          (60 * sum(({ idle }) => sumOf(idle[1]), waiting)) /
          sum(({ idleSeconds }) => idleSeconds - settling, waiting)
        ).toFixed(2),
      ],
      ['tasks that wait, and for how long', `${waiting.length}, ${slowSeconds} s`],
      [
        'listings of shards and leases a task',
        (sum(({ busy }) => busy.get('readdir') ?? 0) / tasks).toFixed(1),
      ],
    ],
  ),
);
