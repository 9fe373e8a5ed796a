import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { commandsFor } from '../../pipeline/cli/commands/all.js';
import { runProgram } from '../../pipeline/cli/program.js';
import { fillWorkspace } from '../../scripts/drills/workspace.js';
import { main } from './built.js';

let folder: string;

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grodin-'));
  await fillWorkspace(folder, { images: 4, large: false });
  await symlink('/nowhere/at/all', join(folder, 'dead'));
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

/** Runs a command line in this process; `@name` is a path in the workspace. */
async function said(args: readonly string[]) {
  let out = '';
  let err = '';
  const code = await runProgram(
    args.map((arg) => (arg.startsWith('@') ? join(folder, arg.slice(1)) : arg)),
    await commandsFor(args),
    {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      env: { GRODIN_CACHE: 'off' },
      stops: null,
      terminal: false,
      writesIn: () => {},
    },
  );
  return { code, out, err: err.replaceAll(folder, '@') };
}

const long = 'x'.repeat(300);

/** What is wrong, with which exit code, and what is said in one line. */
const faults: readonly (readonly [args: readonly string[], code: number, message: RegExp])[] = [
  ...['run', 'score', 'compile', 'status', 'reduce', 'bench'].map(
    (command) => [[command], 2, /(missing required argument|required option|nothing to do)/] as const,
  ),
  ...['score', 'compile', 'manifest', 'status', 'reduce', 'doctor', 'bench'].map(
    (command) => [[command, '--nope'], 2, /unknown option '--nope'/] as const,
  ),
  [['run', '@experiment.json', '--out', ''], 2, /the argument behind --out is empty/],
  [[''], 2, /the first argument is empty/],
  [['run', '@experiment.json', '--out', '@net.onnx'], 2, /net\.onnx: is a file where a folder is expected/],
  [['run', '@experiment.json', '--out', '@net.onnx/x'], 2, /net\.onnx.*(is a file|is a file, not a folder)/],
  [['run', '@none.json', '--out', '@x'], 2, /none\.json: no such experiment file/],
  [['run', '@', '--out', '@x'], 2, /is a folder; expected the path of an experiment file/],
  [['run', '@experiment.json', '--out', '@x', '--workers', 'abc'], 2, /Expected an integer/],
  [['run', '@experiment.json', '--out', '@x', '--memory', 'lots'], 2, /Expected a size/],
  [['run', '@experiment.json', '--out', '@x', '--device', 'nope'], 2, /"nope" is not a kind of device/],
  [['score', '@net.onnx'], 2, /no image to score/],
  [['score', '@net.onnx', '--images-from', '@none.txt'], 2, /none\.txt: no such image list file/],
  [
    ['score', '@net.onnx', '--images-from', '@clean'],
    2,
    /clean: is a folder; expected the path of an image list/,
  ],
  [['score', '@net.onnx', 'x.png', '--preprocess', 'nope'], 2, /"nope" is neither a preset/],
  [['score', '@net.onnx', 'x.png', '--temperature', '1e-300'], 2, /Expected a number above 0/],
  [['score', '@net.onnx', 'x.png', '--epsilon', '1e300'], 2, /Expected a number of at least 0/],
  [['compile', '@net.onnx', '-o', '@clean'], 2, /clean: is a folder where a file is expected/],
  [['compile', '@net.onnx', '-o', '@net.onnx/x'], 2, /net\.onnx: is a file where a folder is expected/],
  [['compile', '@net.onnx', '-o', '@dead/x'], 2, /dead.*(not a folder|no such|is a file)/],
  [['compile', '@net.onnx', '-o', `@${long}`], 2, /the name is too long/],
  [['compile', '@clean.csv', '-o', '@x'], 2, /clean\.csv: not an ONNX model/],
  [['compile', '@net.onnx', '-o', '@x', '--batch', '99999999999'], 2, /from 1 to 65536/],
  [['manifest', 'folder', '@clean', '-o', '@clean'], 2, /clean: is a folder where a file is expected/],
  [['manifest', 'folder', '@clean', '-o', `@${long}`], 2, /the name is too long/],
  [['manifest', 'folder', '@clean.csv', '-o', '@x'], 2, /clean\.csv: can't be listed \(is no folder\)/],
  [['manifest', 'folder', '@clean', '-o', '@x', '--class-order', 'z'], 2, /Allowed choices are number, text/],
  [['manifest', 'folder', '@clean', '-o', '@x', '--classes', '@none'], 2, /none: no such class list file/],
  [
    ['manifest', 'folder', '@clean', '-o', '@x', '--classes', '@clean.txt', '--class-order', 'text'],
    2,
    /both say the order/,
  ],
  [['manifest', 'imglist', '@clean.txt', '--root', '@none', '-o', '@x'], 2, /clean\.txt:1: no image at/],
  [['manifest', 'imglist', '@net.onnx', '--root', '@', '-o', '@x'], 2, /net\.onnx: the image list .* UTF-8/],
  [['status', '@none'], 2, /none: holds no run/],
  [['reduce', '@clean'], 2, /clean: holds no run/],
  [['doctor', '--seconds', '0'], 2, /Expected a number above 0/],
  [['doctor', '--device', 'nope'], 2, /"nope" is not a kind of device/],
  [['bench', '@net.onnx', '--rounds', '0'], 2, /Expected an integer of at least 1/],
];

for (const [args, code, message] of faults) {
  const title = args.map((arg) => (arg.length > 60 ? `${arg.slice(0, 60)}…` : arg || "''")).join(' ');
  test.serial(`bad usage is told in one line: grodin ${title}`, async (t) => {
    const found = await said(args);
    t.is(found.code, code, found.err);
    t.regex(found.err, message);
    t.regex(found.err, /^grodin: [^\n]+\n$/);
    t.notRegex(found.err, /defect|\n {4}at /);
    t.is(found.out, '');
  });
}

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip;

onLinux('an output without room leaves an exit code of 1 and nothing beside it', async (t) => {
  for (const args of [
    ['compile', '@net.onnx', '-o', '/dev/full'],
    ['manifest', 'folder', '@clean', '-o', '/dev/full'],
  ]) {
    const { code, err } = await said(args);
    t.is(code, 1);
    t.regex(err, /^grodin: \/dev\/full: no space left on the disk; [^\n]+\n$/);
  }
  t.deepEqual(
    (await readdir('/dev')).filter((name) => name.includes('.tmp-')),
    [],
  );
});

onLinux('a run directory where no folder can be made is refused', async (t) => {
  const { code, err } = await said(['run', '@experiment.json', '--out', '/proc/none/x']);
  t.is(code, 2);
  t.regex(err, /^grodin: \/proc\/none: no such file or folder[^\n]+\n$/);
});

/** What a shell's redirections make of a command: its exit code and standard error. */
function inShell(redirection: string, ...args: string[]) {
  return new Promise<{ code: number | null; err: string }>((resolve) => {
    const child = execFile(
      'sh',
      ['-c', `"$0" "$@" ${redirection}`, process.execPath, main, ...args],
      { cwd: folder },
      (_, __, err) => resolve({ code: child.exitCode, err }),
    );
  });
}

onLinux('standard streams that are closed or full never give a stack', async (t) => {
  const scored = ['score', 'net.onnx', 'clean/0/0.png', '--preprocess', 'preprocess.json'];
  for (const [redirection, code, message] of [
    ['>&-', 0, /^$/],
    ['2>&-', 0, /^$/],
    ['<&-', 0, /^$/],
    ['2>/dev/full', 0, /^$/],
    ['>/dev/full', 1, /^grodin: standard output: no space left on the disk; [^\n]+\n$/],
  ] as const) {
    const found = await inShell(redirection, ...scored);
    t.is(found.code, code, redirection);
    t.regex(found.err, message, redirection);
  }
});

test.serial('a compiled scorer that is there stays as it was where compiling fails', async (t) => {
  t.is((await said(['compile', '@net.onnx', '-o', '@scorer.onnx'])).code, 0);
  const before = await readFile(join(folder, 'scorer.onnx'));
  t.is((await said(['compile', '@net.onnx', '-o', '@scorer.onnx', '--parameters', 'none'])).code, 2);
  t.is((await said(['compile', '@clean.csv', '-o', '@scorer.onnx'])).code, 2);
  t.true(before.equals(await readFile(join(folder, 'scorer.onnx'))));
});
