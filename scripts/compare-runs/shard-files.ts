import { readFile } from 'node:fs/promises';
import { decodeShard } from '../../workers/store/shard-file.js';
import type { ShardScores } from '../../workers/store/shard-scores.js';
import { openFinished, shardsOfWave } from './finished-run.js';

/** How the files of the same shards compare that two processes wrote. */
export interface ShardFileComparison {
  readonly shards: number;
  /** Files with the same bytes. */
  readonly equal: number;
  /** Score rows of all shards, and those that differ in any number. */
  readonly rows: number;
  readonly differingRows: number;
  /** The largest difference of any score, by column; 0 where files differ only in what they say of themselves. */
  readonly largest: Readonly<Record<ComparedColumn, number>>;
}

const columns = [
  'predicted',
  'maxLogit',
  'logOdds',
  'logSG',
] as const satisfies readonly (keyof ShardScores)[];
type ComparedColumn = (typeof columns)[number];

/**
 * Compares the files of the test shards of two finished runs with the same choices, byte for byte.
 * @throws InputError when one is not finished
 */
export async function compareShardFiles(
  first: string,
  second: string,
  experimentFile?: string,
): Promise<ShardFileComparison> {
  const [a, b] = [await openFinished(first, experimentFile), await openFinished(second, experimentFile)];
  const shards = shardsOfWave(a, 2);
  const largest: Record<ComparedColumn, number> = { predicted: 0, maxLogit: 0, logOdds: 0, logSG: 0 };
  let [equal, rows, differingRows] = [0, 0, 0];
  for (const { id } of shards) {
    const bytes = await readFile(a.run.directory.shard(id));
    const others = await readFile(b.run.directory.shard(id));
    const one = decodeShard(bytes, id).scores;
    rows += one.predicted.length;
    if (bytes.equals(others)) {
      equal += 1;
      continue;
    }
    const two = decodeShard(others, id).scores;
    for (const row of one.predicted.keys()) {
      let differs = false;
      for (const column of columns) {
        const [x = Number.NaN, y = Number.NaN] = [one[column][row], two[column][row]];
        if (Object.is(x, y)) continue;
        differs = true;
        largest[column] = Math.max(largest[column], Math.abs(x - y));
      }
      if (differs) differingRows += 1;
    }
  }
  return { shards: shards.length, equal, rows, differingRows, largest };
}

/** What was found, in one line. */
export function shardFilesText({ shards, equal, rows, differingRows, largest }: ShardFileComparison): string {
  if (equal === shards) return `all ${shards} shard files (${rows} score rows) have equal bytes`;
  const figures = columns.map((column) => `${column} ${largest[column].toExponential(1)}`).join(', ');
  return (
    `${shards - equal} of ${shards} shard files differ: ${differingRows} of ${rows} score rows, by at most ${figures}` +
    (differingRows === 0 ? ' (they differ in what they say of engine or processor)' : '')
  );
}
