import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
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
