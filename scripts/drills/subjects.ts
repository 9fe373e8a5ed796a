import { fileURLToPath } from 'node:url';

/** A command that signals are sent to. */
export interface DrillSubject {
  readonly name: string;
  /** The program and its arguments behind Node.js. */
  readonly args: readonly string[];
  /** Commands that must have been run before, once. */
  readonly before: readonly (readonly string[])[];
  /** What the command writes, relative to the workspace: removed before each strike, whole or absent after it. */
  readonly output?: string;
  /** A run directory that no lease may be left in. */
  readonly run?: string;
}

const grodin = fileURLToPath(new URL('../../pipeline/cli/main.js', import.meta.url));
const script = (name: string): string => fileURLToPath(new URL(`../${name}.js`, import.meta.url));

const quick = ['--batch', '2', '--rounds', '3', '--threads', '1'];

/** Every command of `grodin`, and the scripts that run it, on a workspace. */
export const subjects: readonly DrillSubject[] = [
  {
    name: 'run',
    args: [grodin, 'run', 'experiment.json', '--out', 'out/run'],
    before: [],
    output: 'out/run',
    run: 'out/run',
  },
  { name: 'dry run', args: [grodin, 'run', 'experiment.json', '--out', 'out/dry', '--dry-run'], before: [] },
  {
    name: 'score',
    args: [
      grodin,
      'score',
      'net.onnx',
      '--images-from',
      'clean-paths.txt',
      '--preprocess',
      'preprocess.json',
    ],
    before: [],
  },
  {
    name: 'compile',
    args: [grodin, 'compile', 'net.onnx', '-o', 'out/scorer.onnx'],
    before: [],
    output: 'out/scorer.onnx',
  },
  {
    name: 'manifest folder',
    args: [grodin, 'manifest', 'folder', 'clean', '-o', 'out/clean.csv'],
    before: [],
    output: 'out/clean.csv',
  },
  {
    name: 'manifest imglist',
    args: [grodin, 'manifest', 'imglist', 'clean.txt', '--root', '.', '-o', 'out/list.csv'],
    before: [],
    output: 'out/list.csv',
  },
  {
    name: 'status',
    args: [grodin, 'status', 'finished'],
    before: [[grodin, 'run', 'experiment.json', '--out', 'finished']],
  },
  {
    name: 'reduce',
    args: [grodin, 'reduce', 'finished'],
    before: [[grodin, 'run', 'experiment.json', '--out', 'finished']],
    run: 'finished',
  },
  { name: 'doctor', args: [grodin, 'doctor', '--device', 'cpu', '--seconds', '1'], before: [] },
  { name: 'bench', args: [grodin, 'bench', 'net.onnx', ...quick], before: [] },
  {
    name: 'launch-local',
    args: [script('launch-local'), 'experiment.json', '--out', 'out/launched', '--processes', '2'],
    before: [],
    output: 'out/launched',
    run: 'out/launched',
  },
  { name: 'start', args: [script('start'), '--folder', 'out/first'], before: [], run: 'out/first/run' },
];

/** What takes long in one piece, on `large.onnx`. */
export const largeSubjects: readonly DrillSubject[] = [
  {
    name: 'compile, large',
    args: [grodin, 'compile', 'large.onnx', '-o', 'out/large.onnx'],
    before: [],
    output: 'out/large.onnx',
  },
  {
    name: 'score, large',
    args: [
      grodin,
      'score',
      'large.onnx',
      '--images-from',
      'dark-paths.txt',
      '--preprocess',
      'preprocess.json',
    ],
    before: [],
  },
  {
    name: 'bench, large',
    args: [grodin, 'bench', 'large.onnx', '--batch', '8', '--rounds', '1'],
    before: [],
  },
];
