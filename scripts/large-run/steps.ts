import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runDirectory } from '../../workers/store/run-directory.js';
import { FollowedCommand, type Taken } from '../bench/followed-command.js';
import type { LargeExperiments } from './large-experiment.js';
import { linkTree } from './link-tree.js';
import { writeMadeUpShards } from './made-up-shards.js';

/** Tasks that are said to have scored the shards. */
const tasks = 1000;

/** A figure of a step. */
export interface Measured {
  readonly what: string;
  /** Null for what is only counted. */
  readonly taken: Taken | null;
  readonly note?: string;
}

/** Tells what was measured as soon as it is known. */
export type Tell = (measured: Measured) => void;

/** What a run goes through, in this order; each step needs those before it to be done, be it by an earlier call. */
export const steps: Readonly<Record<string, (large: LargeExperiments, tell: Tell) => Promise<void>>> = {
  plan: async (large, tell) => {
    await rm(outOf(large), { recursive: true, force: true });
    await begin(large, tell, 'planned, until the first shard is begun');
  },
  wave1: (large, tell) => write(large, 1, tell),
  status1: (large, tell) => status(large, tell, 'wave 1 done'),
  choose: (large, tell) =>
    begin(large, tell, 'cells chosen and wave 2 planned, until its first shard is begun'),
  wave2: (large, tell) => write(large, 2, tell),
  status2: (large, tell) => status(large, tell, 'wave 2 done'),
  reduce: async (large, tell) => {
    tell({ what: '`reduce`', taken: await command(large, 'reduce', ['reduce', outOf(large)]) });
  },
  again: async (large, tell) => {
    const args = ['run', large.experiment, '--out', outOf(large), '--trust-images'];
    tell({ what: '`run` with nothing to do', taken: await command(large, 'again', args) });
    tell({ what: '`status`, finished', taken: await command(large, 'status', ['status', outOf(large)]) });
  },
  grow: async (large, tell) => {
    for (const [what, experiment] of [
      ['one outlier set more', large.withSet],
      ['one model more', large.withModel],
    ] as const) {
      const dry = ['run', experiment, '--out', outOf(large), '--dry-run', '--trust-images'];
      tell({ what: `${what}: \`--dry-run\``, taken: await command(large, 'grow', dry) });
      const grown = join(large.place, 'grown');
      await rm(grown, { recursive: true, force: true });
      await linkTree(outOf(large), grown);
      const run = await FollowedCommand.start(runArgs(experiment, grown), logOf(large, 'grow'));
      try {
        const taken = await run.untilFirstShard(grown);
        tell({ what: `${what}: planned, until the first shard is begun`, taken });
      } finally {
        await run.end();
        await rm(grown, { recursive: true, force: true });
      }
    }
  },
};

/** The run directory. */
export const outOf = ({ place }: LargeExperiments): string => join(place, 'out');

const logOf = ({ place }: LargeExperiments, name: string): string => join(place, `${name}.log`);

const runArgs = (experiment: string, out: string): readonly string[] => [
  ...['run', experiment, '--out', out, '--trust-images', '--workers', '1'],
];

/** A run until it begins a shard, and a second process that joins it, until its own. */
async function begin(large: LargeExperiments, tell: Tell, what: string): Promise<void> {
  const out = outOf(large);
  const { shards, journals } = runDirectory(out);
  const before = new Set([...(await pathsIn(shards)), ...(await pathsIn(journals))]);
  const args = runArgs(large.experiment, out);
  const first = await FollowedCommand.start(args, logOf(large, 'run'));
  try {
    tell({ what, taken: await first.untilFirstShard(out) });
    const second = await FollowedCommand.start(args, logOf(large, 'join'));
    try {
      tell({ what: 'another process joins, until its own', taken: await second.untilFirstShard(out) });
    } finally {
      await second.end();
    }
  } finally {
    await first.end();
  }
  // What was really scored before they were stopped.
  for (const path of [...(await pathsIn(shards)), ...(await pathsIn(journals))])
    if (!before.has(path)) await rm(path);
}

async function pathsIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch((): string[] => [])).map((name) => join(folder, name));
}

async function write(large: LargeExperiments, wave: 1 | 2, tell: Tell): Promise<void> {
  const begun = performance.now();
  const written = await writeMadeUpShards(runDirectory(outOf(large)), wave, tasks);
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  tell({ what: `wave ${wave} made up`, taken: null, note: `${written} shards in ${seconds} s` });
}

async function status(large: LargeExperiments, tell: Tell, when: string): Promise<void> {
  const args = ['status', outOf(large)];
  tell({ what: `\`status\`, ${when}`, taken: await command(large, 'status', args) });
  tell({
    what: `\`status --check\`, ${when}`,
    taken: await command(large, 'status-check', [...args, '--check']),
  });
}

async function command(large: LargeExperiments, name: string, args: readonly string[]): Promise<Taken> {
  const log = logOf(large, name);
  const followed = await FollowedCommand.start(args, log);
  try {
    return await followed.untilEnd();
  } catch (error) {
    throw new Error(`grodin ${args.join(' ')}: see ${log}`, { cause: error });
  } finally {
    await followed.end();
  }
}
