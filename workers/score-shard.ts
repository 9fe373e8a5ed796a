import type { LogitReading } from '../stages/detectors/logit-readings.js';
import { readingsNamed } from '../stages/detectors/readings-named.js';
import {
  type LogitSummary,
  largestAmong,
  logSGFromNorm,
  summarizeLogits,
} from '../stages/scoring/log-odds.js';
import { type CellPass, runPasses } from './cell-passes.js';
import type { ModelPasses } from './passes/model-passes.js';
import type { ShardImages } from './shard-images.js';
import type {
  ImageLogits,
  LayerNorms,
  LogitReadings,
  OwnClasses,
  ScoredCell,
  ShardFailure,
  ShardScores,
} from './store/shard-scores.js';
import type { ScoringTask } from './task.js';

/** What a shard is scored with. */
export interface ScoringContext {
  readonly passes: ModelPasses;
  readonly images: ShardImages;
  /** Asked between the runs of graphs. */
  readonly isStopped: () => boolean;
}

/**
 * Scores one shard batch by batch (`runPasses`). The next batch is decoded meanwhile. An image with a score that is not
 * finite becomes a failure, as one that can't be read.
 * @returns null when it was stopped
 */
export async function scoreShard(task: ScoringTask, context: ScoringContext): Promise<ShardScores | null> {
  const table = new ScoreTable(task);
  const { ownClasses: own } = task;
  const firstForward = task.cells.length + task.forwardCells.length;
  for (;;) {
    const batch = await context.images.next();
    if (batch === null) break;
    const { start, filled, failures, digests } = batch;
    for (const slot of [...filled, ...failures.keys()]) table.read(start + slot, digests[slot] ?? null);
    for (const [slot, message] of failures) table.fail(start + slot, 'decoding', message);
    if (filled.length === 0) continue;
    for await (const pass of runPasses(task, batch.image, context.passes)) {
      if (context.isStopped()) return null;
      if (pass === null) continue;
      for (const slot of filled) {
        table.put(pass.cell, start + slot, scoreAt(pass, slot));
        if (own !== undefined) {
          const { logits, classes } = pass;
          table.putOwn(pass.cell, start + slot, largestAmong(own, logits, slot * classes));
        }
        if (pass.cell === firstForward) table.putOutputs(start + slot, pass, slot);
        if (pass.layerLogNorms !== null) table.putLayers(pass.cell, start + slot, pass.layerLogNorms, slot);
      }
    }
  }
  return table.finish();
}

interface ImageScore extends LogitSummary {
  /** NaN after a forward pass. */
  readonly logSG: number;
  readonly usable: boolean;
}

function scoreAt({ logits, classes, logNorm, temperature }: CellPass, slot: number): ImageScore {
  const summary = summarizeLogits(logits, slot * classes, classes, temperature);
  const logSG =
    logNorm === null ? Number.NaN : logSGFromNorm(summary.logOdds, temperature, logNorm[slot] ?? Number.NaN);
  const usable =
    Number.isFinite(summary.maxLogit) &&
    Number.isFinite(summary.logOdds) &&
    (logNorm === null || Number.isFinite(logSG));
  return { ...summary, logSG, usable };
}

/** Collects scores by cell and row, and leaves out the images that failed anywhere. */
class ScoreTable {
  readonly #task: ScoringTask;
  readonly #cells: readonly ScoredCell[];
  readonly #predicted: Int32Array;
  readonly #maxLogit: Float64Array;
  readonly #logOdds: Float64Array;
  readonly #logSG: Float64Array;
  /** [cells × rows]; none where they are not asked for. */
  readonly #own: OwnClasses | undefined;
  /** [cells × rows × L]; none where they are not kept. */
  readonly #layers: LayerNorms | undefined;
  /** [rows × K]; none where they are not kept, or before the first batch. */
  #logits: ImageLogits | undefined;
  /** [rows × R]; none where they are not kept. */
  readonly #readings: LogitReadings | undefined;
  readonly #reads: readonly LogitReading[];
  readonly #digests: (string | null)[];
  readonly #failures = new Map<number, ShardFailure>();

  constructor(task: ScoringTask) {
    this.#task = task;
    this.#cells = [
      ...task.cells.map((cell) => ({ ...cell, gradient: true })),
      ...task.forwardCells.map((cell) => ({ ...cell, gradient: false })),
      ...task.forwardTemperatures.map((temperature) => ({ epsilon: 0, temperature, gradient: false })),
    ];
    this.#digests = task.rows.map(() => null);
    const size = this.#cells.length * task.rows.length;
    this.#predicted = new Int32Array(size);
    this.#maxLogit = new Float64Array(size);
    this.#logOdds = new Float64Array(size);
    this.#logSG = new Float64Array(size);
    const { ownClasses: classes } = task;
    this.#own = classes && { classes, predicted: new Int32Array(size) };
    const { readings = [] } = task;
    this.#reads = readingsNamed(readings);
    if (readings.length > 0)
      this.#readings = { names: readings, values: new Float64Array(task.rows.length * readings.length) };
    const names = task.model.layers;
    this.#layers = names && { names, logNorms: new Float32Array(size * names.length).fill(Number.NaN) };
    if (task.kept !== undefined) this.#restore(task.kept);
  }

  /** Takes over the scores of images that had some before. */
  #restore({ usable, cells, digests, own, layers, logits, readings, ...columns }: ShardScores): void {
    const rows = this.#task.rows.length;
    for (const [nth, row] of usable.entries()) {
      this.#digests[row] = digests[row] ?? null;
      for (const cell of cells.keys()) {
        const [from, at] = [cell * usable.length + nth, cell * rows + row];
        copyRow(columns.predicted, from, this.#predicted, at);
        copyRow(columns.maxLogit, from, this.#maxLogit, at);
        copyRow(columns.logOdds, from, this.#logOdds, at);
        copyRow(columns.logSG, from, this.#logSG, at);
        if (own && this.#own) copyRow(own.predicted, from, this.#own.predicted, at);
        if (layers && this.#layers)
          copyRow(layers.logNorms, from, this.#layers.logNorms, at, layers.names.length);
      }
      if (logits) {
        const { classes } = logits;
        this.#logits ??= { classes, values: new Float32Array(rows * classes) };
        copyRow(logits.values, nth, this.#logits.values, row, classes);
      }
      if (readings && this.#readings)
        copyRow(readings.values, nth, this.#readings.values, row, readings.names.length);
    }
  }

  read(row: number, digest: string | null): void {
    this.#digests[row] = digest;
  }

  fail(row: number, stage: ShardFailure['stage'], message: string): void {
    if (!this.#failures.has(row)) this.#failures.set(row, { row, stage, message });
  }

  put(cell: number, row: number, score: ImageScore): void {
    const at = cell * this.#task.rows.length + row;
    this.#predicted[at] = score.predicted;
    this.#maxLogit[at] = score.maxLogit;
    this.#logOdds[at] = score.logOdds;
    this.#logSG[at] = score.logSG;
    if (score.usable) return;
    const { epsilon, temperature } = this.#cells[cell] ?? { epsilon: 0, temperature: 1 };
    const path = this.#task.rows[row]?.path ?? '';
    this.fail(
      row,
      'scoring',
      `${path}: the scores at ε=${epsilon}, T=${temperature} are not finite (max logit ${score.maxLogit}, ` +
        `log-odds ${score.logOdds}, log SG ${score.logSG})`,
    );
  }

  putOwn(cell: number, row: number, predicted: number): void {
    if (this.#own !== undefined) this.#own.predicted[cell * this.#task.rows.length + row] = predicted;
  }

  /** What is kept of the network's outputs at ε = 0. */
  putOutputs(row: number, { logits, classes }: CellPass, slot: number): void {
    const outputs = logits.subarray(slot * classes, (slot + 1) * classes);
    if (this.#task.logits) {
      this.#logits ??= { classes, values: new Float32Array(this.#task.rows.length * classes) };
      this.#logits.values.set(outputs, row * classes);
    }
    for (const [at, { read, temperature }] of this.#reads.entries())
      this.#readings?.values.set([read(outputs, temperature)], row * this.#reads.length + at);
  }

  /** @param norms of a batch, [B·L] */
  putLayers(cell: number, row: number, norms: Float32Array, slot: number): void {
    if (this.#layers === undefined) return;
    const { names, logNorms } = this.#layers;
    const own = norms.subarray(slot * names.length, (slot + 1) * names.length);
    logNorms.set(own, (cell * this.#task.rows.length + row) * names.length);
  }

  finish(): ShardScores {
    const { rows } = this.#task;
    const usable = rows.map((_, row) => row).filter((row) => !this.#failures.has(row));
    const kept = this.#cells.flatMap((_, cell) => usable.map((row) => cell * rows.length + row));
    const pick = (column: Float64Array): Float64Array => Float64Array.from(kept, (at) => column[at] ?? 0);
    const pickClasses = (column: Int32Array): Int32Array => Int32Array.from(kept, (at) => column[at] ?? 0);
    const [own, layers, logits, readings] = [this.#own, this.#layers, this.#logits, this.#readings];
    return {
      ids: rows.map((row) => row.id),
      labels: rows.map((row) => row.label),
      digests: this.#digests,
      usable,
      cells: this.#cells,
      predicted: pickClasses(this.#predicted),
      maxLogit: pick(this.#maxLogit),
      logOdds: pick(this.#logOdds),
      logSG: pick(this.#logSG),
      ...(own && { own: { ...own, predicted: pickClasses(own.predicted) } }),
      ...(layers && {
        layers: { ...layers, logNorms: onlyRows(layers.logNorms, layers.names.length, kept) },
      }),
      ...(logits && { logits: { ...logits, values: onlyRows(logits.values, logits.classes, usable) } }),
      ...(readings && {
        readings: { ...readings, values: onlyRows(readings.values, readings.names.length, usable) },
      }),
      failures: [...this.#failures.values()].sort((a, b) => a.row - b.row),
    };
  }
}

/** Copies one row of numbers that lie row by row, `width` to a row. */
function copyRow<Numbers extends Int32Array | Float32Array | Float64Array>(
  from: Numbers,
  row: number,
  to: Numbers,
  at: number,
  width = 1,
): void {
  to.set(from.subarray(row * width, (row + 1) * width), at * width);
}

/** Some rows of numbers that lie row by row, in their order. */
function onlyRows<Numbers extends Float32Array | Float64Array>(
  numbers: Numbers,
  width: number,
  rows: readonly number[],
): Numbers {
  const picked = numbers.slice(0, rows.length * width) as Numbers;
  rows.forEach((row, at) => {
    picked.set(numbers.subarray(row * width, (row + 1) * width), at * width);
  });
  return picked;
}
