import { appendFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './rows.js';

/** Keeps rows as they come: whatever ends the check, what was measured is on disk. */
export class Ledger {
  readonly rows: Row[] = [];
  readonly #folder: string | null;
  readonly #render: (rows: readonly Row[]) => string;
  #rendered = 0;

  /** @param folder for `rows.jsonl` and `check.md`, or null to keep them in memory */
  constructor(folder: string | null, render: (rows: readonly Row[]) => string) {
    this.#folder = folder;
    this.#render = render;
    if (folder === null) return;
    mkdirSync(folder, { recursive: true });
    keepEarlier(folder);
    writeFileSync(join(folder, 'rows.jsonl'), '');
  }

  add(row: Row): void {
    this.rows.push(row);
    if (this.#folder === null) return;
    appendFileSync(join(this.#folder, 'rows.jsonl'), `${JSON.stringify(row)}\n`);
    // Often enough to lose little, seldom enough to cost nothing.
    if (performance.now() - this.#rendered > 2000) this.write();
  }

  /** Writes the table of what there is. */
  write(): void {
    this.#rendered = performance.now();
    if (this.#folder === null) return;
    const file = join(this.#folder, 'check.md');
    writeFileSync(`${file}.part`, this.#render(this.rows));
    renameSync(`${file}.part`, file);
  }
}

/** Files of a check before in the same folder get names of their own: the time on a GPU that they took may not come again. */
function keepEarlier(folder: string): void {
  if (!existsSync(join(folder, 'rows.jsonl'))) return;
  let number = 1;
  while (existsSync(join(folder, `rows-${number}.jsonl`))) number += 1;
  for (const [name, ending] of [
    ['check', 'md'],
    ['rows', 'jsonl'],
  ] as const) {
    const file = join(folder, `${name}.${ending}`);
    if (existsSync(file)) renameSync(file, join(folder, `${name}-${number}.${ending}`));
  }
}
