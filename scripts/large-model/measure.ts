/**
 * Makes a network beyond 2 GiB (unless it is there), compiles it, scores three images with the scorer and by `grodin
 * score`, compares both with PyTorch's float64, and prints what each took:
 *
 *     node dist/scripts/large-model/measure.js FOLDER [WIDTH] [DEPTH]
 *
 * FOLDER needs 7 GB, the folder for temporary files 9 GB, and the machine 12 GB of memory. The reference wants Python with
 * torch, onnx and Pillow; PYTHON says which. Exits 1 where scores differ by more than 1e-4, or with a step by 1e-3.
 */
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatBytes } from '../../manifests/input/bytes.js';
import { isThere } from '../../manifests/output/file-system.js';
import { deviation, mean } from './normalisation.js';
import { type CommandFigures, measured } from './process-tree.js';

const [folder, ...sizes] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: measure.js FOLDER [WIDTH] [DEPTH]');
const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const grodin = built('../../pipeline/cli/main.js');
const reference = built('../../../scripts/large-model/reference.py');
const temperature = 10;
/** What is allowed: the few signs that float32 flips move a score by themselves. */
const points = [
  { epsilon: 0, allowed: 1e-4 },
  { epsilon: 0.002, allowed: 1e-3 },
];

interface Scores {
  readonly predicted: number;
  readonly log_odds: number;
  readonly log_sg: number;
  readonly log_g: number;
}

const rows: (readonly string[])[] = [['', 'seconds', 'memory, peak']];
function report(what: string, { seconds, bytes }: CommandFigures): void {
  rows.push([what, seconds.toFixed(0), formatBytes(bytes)]);
}

/** Without the user's cache, which keeps no graphs of this size by default. */
const env = { ...process.env, GRODIN_CACHE: 'off' };
const node = (args: readonly string[]) => measured(process.execPath, args, env);

const network = join(folder, 'net.onnx');
const scorer = join(folder, 'scorer.onnx');
if (!(await isThere(network))) report('make the network', await node([built('make.js'), folder, ...sizes]));
report('`grodin compile`', await node([grodin, 'compile', network, '-o', scorer]));
const images = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
const paths = images.map((name) => join(folder, name));
const preprocess = join(folder, 'preprocess.json');
const channels = (value: number): readonly number[] => [value, value, value];
await writeFile(
  preprocess,
  JSON.stringify({ resize: null, crop: null, mean: channels(mean), std: channels(deviation) }),
);

let worst = 0;
for (const { epsilon, allowed } of points) {
  const at = [String(temperature), String(epsilon)];
  const expected = lines<Scores>(
    (await measured(process.env.PYTHON ?? 'python3', [reference, folder, ...at])).out,
  );

  const direct = await node([built('score-by-scorer.js'), scorer, ...at, ...paths]);
  report(`scorer in ONNX Runtime, ${images.length} images one by one, ε = ${epsilon}`, direct);
  const { openSeconds, results } = JSON.parse(direct.out) as {
    openSeconds: number;
    results: readonly (Scores & { readonly seconds: number })[];
  };
  rows.push(['– of it opening', openSeconds.toFixed(0), '']);
  rows.push(['– of it an image, the last', results.at(-1)?.seconds.toFixed(1) ?? '', '']);
  compare('scorer', results, expected, epsilon, allowed);

  const options = ['--preprocess', preprocess, '--temperature', at[0] ?? '', '--epsilon', at[1] ?? ''];
  const scored = await node([grodin, 'score', network, ...paths, ...options, '--json']);
  report(`\`grodin score\`, ${images.length} images in a batch, ε = ${epsilon}`, scored);
  const found = lines<{ predicted: number; logOdds: number; logSG: number; logG: number }>(scored.out);
  compare(
    'score',
    found.map(({ predicted, logOdds, logSG, logG }) => ({
      predicted,
      log_odds: logOdds,
      log_sg: logSG,
      log_g: logG,
    })),
    expected,
    epsilon,
    allowed,
  );
}

function compare(
  what: string,
  found: readonly Scores[],
  expected: readonly Scores[],
  epsilon: number,
  allowed: number,
): void {
  const differences = expected.flatMap((right, index) => {
    const one = found[index];
    const keys = ['log_odds', 'log_sg', 'log_g'] as const;
    return keys.map((key) => Math.abs((one?.[key] ?? Number.NaN) - right[key]));
  });
  const largest = Math.max(...differences);
  console.log(`${what}, ε = ${epsilon}: scores are within ${largest.toExponential(1)} of float64`);
  worst = Math.max(worst, Number.isNaN(largest) ? Number.POSITIVE_INFINITY : largest / allowed);
}

function lines<T>(text: string): readonly T[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

console.log();
for (const [index, row] of rows.entries()) {
  console.log(`| ${row.join(' | ')} |`);
  if (index === 0) console.log('|---|---:|---:|');
}
console.log();
for (const name of ['net.onnx', 'net.onnx.data', 'scorer.onnx', 'scorer.onnx.data']) {
  const found = await stat(join(folder, name)).catch(() => null);
  if (found) console.log(`${name}: ${formatBytes(found.size)}`);
}
process.exitCode = worst > 1 ? 1 : 0;
