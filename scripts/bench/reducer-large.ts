#!/usr/bin/env node
/**
 * What the bootstrap of a large run takes on one core: 100 000 rows × 20 detectors × 80 outlier sets × 2 000 resamplings. Measured
 * are fractions of it, each in a process of its own; the whole follows, as time grows with detectors and with sets:
 *
 *     node dist/scripts/bench/reducer-large.js [--resamplings 2000]
 *
 * `--only 4x2` measures one of them, with four cells of each of five detectors on two sets, and prints it as JSON.
 */
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';
import { usualDetectors } from '../../stages/detectors/index.js';
import { peakMemory } from '../../workers/peak-memory.js';
import { timeBootstrap, timePeer } from './reducer.js';

const rows = 100_000;

/** What is computed; all but the last are measured. */
const sizes = [
  { cells: 2, sets: 2 },
  { cells: 4, sets: 2 },
  { cells: 4, sets: 4 },
  { cells: 4, sets: 80 },
] as const;

/** Resamplings of one detector by scikit-learn. */
const peerResamples = 20;

interface Measured {
  readonly seconds: number;
  /** Of the processor. */
  readonly busy: number;
  /** Bytes. */
  readonly peak: number;
}

async function measure(cells: number, sets: number, resamplings: number): Promise<Measured> {
  const seconds = await timeBootstrap({ workers: 1, rows, outlierSets: sets, resamplings, cells });
  const { user, system } = process.cpuUsage();
  return { seconds, busy: (user + system) / 1e6, peak: peakMemory() };
}

async function inOwnProcess(cells: number, sets: number, resamplings: number): Promise<Measured> {
  const program = fileURLToPath(import.meta.url);
  const given = ['--only', `${cells}x${sets}`, '--resamplings', String(resamplings)];
  return JSON.parse((await promisify(execFile)(process.execPath, [program, ...given])).stdout);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { resamplings: { type: 'string', default: '2000' }, only: { type: 'string' } },
  });
  const resamplings = Number(values.resamplings);
  if (!(Number.isInteger(resamplings) && resamplings >= 2))
    return refuse(`--resamplings ${values.resamplings}: give a whole number from 2 on`);
  if (values.only !== undefined) {
    const [, cells, sets] = /^([1-9]|10)x([1-9]\d*)$/.exec(values.only) ?? [];
    if (cells === undefined || sets === undefined)
      return refuse(
        `--only ${values.only}: give cells of each detector, at most 10, and sets, for example 4x2`,
      );
    process.stdout.write(`${JSON.stringify(await measure(Number(cells), Number(sets), resamplings))}\n`);
    return;
  }
  const peer = await timePeer(rows, 1, peerResamples);
  const byPeer = (detectors: number, sets: number): string =>
    peer === null
      ? 'no scikit-learn here'
      : `${Math.round(peer.secondsPerResample * detectors * sets * resamplings)} s`;
  const lines: string[][] = [];
  let last: (Measured & { readonly sets: number }) | undefined;
  let slope = 0;
  for (const { cells, sets } of sizes) {
    const detectors = cells * usualDetectors.length;
    const size = [String(detectors), String(sets)];
    if (sets === 80) {
      const whole = last === undefined ? NaN : last.seconds + slope * (sets - last.sets);
      lines.push([...size, `${Math.round(whole)} s, by the lines above`, '', '', byPeer(detectors, sets)]);
      continue;
    }
    const found = await inOwnProcess(cells, sets, resamplings);
    process.stderr.write(`${detectors} detectors, ${sets} sets: ${found.seconds.toFixed(1)} s\n`);
    if (last !== undefined) slope = (found.seconds - last.seconds) / Math.max(1, sets - last.sets);
    last = { ...found, sets };
    lines.push([
      ...size,
      `${found.seconds.toFixed(1)} s`,
      `${found.busy.toFixed(1)} s`,
      `${Math.round(found.peak / 1e6)} MB`,
      byPeer(detectors, sets),
    ]);
  }
  const titles = ['detectors', 'sets', 'wall clock', 'processor', 'peak memory (RSS)', 'scikit-learn'];
  const columns = titles.map((title) => ({ title, align: 'right' as const }));
  process.stdout.write(
    `${cpus()[0]?.model.trim() ?? 'unknown processor'}, one core; ${rows} rows, ${resamplings} resamplings` +
      `${peer === null ? '' : `; scikit-learn ${peer.scikitLearn}: ${(1000 * peer.secondsPerResample).toFixed(0)} ms a detector and resampling, of ${peerResamples}`}\n\n` +
      `${markdownGrid(columns, lines)}\n`,
  );
}

function refuse(fault: string): void {
  console.error(fault);
  process.exitCode = 2;
}

await main();
