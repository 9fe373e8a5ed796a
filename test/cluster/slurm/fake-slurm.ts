import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Programs that stand in for Slurm's, so that scripts and commands can be tried without a cluster. Each notes how it was called in
 * `calls`; `state` is what scontrol says of every job, `queue` what squeue prints, `deaf-show` and `deaf-requeue` how often scontrol
 * gets no answer.
 */
const programs = {
  sbatch: `
    echo "$TMPDIR" > "$fakes/temporary"; [ -e "$fakes/slow" ] && /bin/sleep 1
    for argument in "$@"; do [ -e "$fakes/refuse-$(basename -- "$argument")" ] && { echo "sbatch: error: invalid partition specified: nowhere" >&2; exit 1; }; done
    count=$(grep -c ^sbatch "$fakes/calls"); echo "$((100 + count));cluster"`,
  squeue:
    'cat "$fakes/queue" 2>/dev/null || { echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; }',
  scancel: '[ -e "$fakes/pid" ] && kill -s TERM "$(cat "$fakes/pid")"; true',
  // The scheduler ends the shell of a job that it puts into the queue again.
  scontrol: `
    deaf=$(cat "$fakes/deaf-$1" 2>/dev/null || echo 0)
    if [ "$deaf" -gt 0 ]; then
      echo $((deaf - 1)) > "$fakes/deaf-$1"
      echo "slurm_load_jobs error: Unable to contact slurm controller (connect failure)" >&2; exit 1
    fi
    case "$1 $2" in
      "show config") echo "MaxArraySize            = 1001" ;;
      "show job") echo "JobId=7 JobState=$(cat "$fakes/state" 2>/dev/null || echo RUNNING) Reason=None" ;;
      requeue*) kill -s TERM "$PPID" ;;
    esac`,
  // As srun passes signals on: to what it started.
  srun: 'while [[ "$1" == --* ]]; do shift; done; exec "$@"',
  // What the script waits for before it drops shards need not take so long here.
  sleep: `exec /bin/sleep "\${FAKE_SLEEP:-0.1}"`,
} as const;

/** A folder of such programs. */
export class FakeSlurm {
  readonly #folder: string;
  /** PATH with these programs first. */
  readonly path: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = `${folder}${delimiter}${process.env.PATH ?? ''}`;
  }

  static async in(folder: string): Promise<FakeSlurm> {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(programs)) {
      const lines = [
        '#!/bin/bash',
        `fakes='${folder}'`,
        `echo "${name} $*" >> "$fakes/calls"`,
        text.replaceAll('\\$', '$'),
      ];
      await writeFile(join(folder, name), `${lines.join('\n')}\n`);
      await chmod(join(folder, name), 0o755);
    }
    const fake = new FakeSlurm(folder);
    await fake.forget();
    return fake;
  }

  /** How programs were called since `forget`, but for looks and waits. */
  async calls(): Promise<string[]> {
    const lines = (await readFile(join(this.#folder, 'calls'), 'utf8')).split('\n').filter(Boolean);
    return lines.filter((line) => !/^(?:scontrol show|sleep)/.test(line));
  }

  async forget(): Promise<void> {
    await writeFile(join(this.#folder, 'calls'), '');
  }

  /** Puts a file beside the programs that they look at. */
  async put(
    name: 'state' | 'queue' | 'slow' | 'deaf-show' | 'deaf-requeue' | `refuse-${string}`,
    text: string,
  ): Promise<void> {
    await writeFile(join(this.#folder, name), text);
  }

  /**
   * The command line of a `grodin` that does what some lines of bash say, and can be told to end by scancel.
   * @param name of its file
   */
  async grodin(name: string, text: string): Promise<string> {
    const file = join(this.#folder, name);
    await writeFile(file, `#!/bin/bash\necho $$ > '${this.#folder}/pid'\necho "grodin $*"\n${text}\n`);
    await chmod(file, 0o755);
    return file;
  }
}

/** What a batch script printed, and ended with. */
export interface BatchEnd {
  readonly code: number | null;
  readonly text: string;
}

/** Runs a batch script as the task 7_3 of an array, as slurmd would. @param during is given the shell once grodin has begun */
export async function runBatch(
  script: string,
  path: string,
  {
    env = {},
    args = [],
    during,
  }: {
    readonly env?: NodeJS.ProcessEnv;
    readonly args?: readonly string[];
    readonly during?: (shell: ChildProcess) => Promise<void> | void;
  } = {},
): Promise<BatchEnd> {
  const job = { SLURM_JOB_ID: '7', SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: '3' };
  const shell = spawn('bash', [script, ...args], {
    env: { ...process.env, PATH: path, ...job, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  const exit = once(shell, 'exit');
  if (during !== undefined) {
    while (!/^grodin ready$/m.test(text) && shell.exitCode === null) await pause(10);
    await during(shell);
  }
  const [code] = await exit;
  // What it left running holds the pipes.
  await pause(50);
  return { code, text };
}
