import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** What a command took. */
export interface CommandFigures {
  readonly out: string;
  readonly seconds: number;
  /** Most memory that its processes had together at one time, without what is mapped from files (Linux only). */
  readonly bytes: number;
}

const LOOK_MILLISECONDS = 200;

/** Runs a command and watches the memory of its processes. @throws Error where it fails */
export async function measured(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<CommandFigures> {
  const started = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  let bytes = 0;
  const timer = setInterval(() => {
    void treeBytes(child.pid).then((found) => {
      bytes = Math.max(bytes, found);
    });
  }, LOOK_MILLISECONDS);
  try {
    const code = await ended;
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
    return { out, seconds: (performance.now() - started) / 1000, bytes };
  } finally {
    clearInterval(timer);
  }
}

/** Bytes that a process and its descendants hold, files that they have mapped not counted. */
async function treeBytes(root: number | undefined): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=']);
  const parents = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const tree = new Set([root]);
  // Children may come before their parents in the list.
  for (let before = 0; before < tree.size; ) {
    before = tree.size;
    for (const [process, parent] of parents) if (tree.has(parent)) tree.add(process);
  }
  const sizes = [...tree].map(async (process) => {
    const status = await readFile(`/proc/${process}/status`, 'latin1').catch(() => '');
    return 1024 * Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
