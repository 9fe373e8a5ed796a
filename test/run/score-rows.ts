import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { shardNames } from './command.js';

/** All scores of a run, whatever shards they are in. */
export interface ScoreRows {
  /** Predicted class, max logit, −λ and log SG by image, ε, T and pass. */
  readonly rows: ReadonlyMap<string, readonly (number | null)[]>;
  /** Engine and provider of every shard, each once. */
  readonly engines: readonly string[];
}

export async function scoreRows(run: string): Promise<ScoreRows> {
  const rows = new Map<string, readonly (number | null)[]>();
  const engines = new Set<string>();
  for (const name of await shardNames(run)) {
    const table = tableFromIPC(await readFile(join(run, 'shards', name)));
    engines.add(`${table.schema.metadata.get('engine')} ${table.schema.metadata.get('provider')}`);
    for (const row of table) {
      if (row === null || row.epsilon === null) continue;
      const pass = row.log_sg === null ? 'forward' : 'gradient';
      rows.set(`${row.image} ${row.epsilon} ${row.temperature} ${pass}`, [
        row.predicted,
        row.max_logit,
        row.log_odds,
        row.log_sg,
      ]);
    }
  }
  return { rows, engines: [...engines] };
}
