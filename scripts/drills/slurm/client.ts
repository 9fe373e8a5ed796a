import { setTimeout as pause } from 'node:timers/promises';
import { $ } from 'zx';

/** What is seen of one task of an array, or of a job. */
export interface JobState {
  /** As squeue names it, for example `101_2`. */
  readonly name: string;
  /** For example `RUNNING`. */
  readonly state: string;
  /** The node that it runs on; empty where none. */
  readonly node: string;
}

/** The command-line tools of one Slurm. */
export class SlurmClient {
  readonly environment: NodeJS.ProcessEnv;

  /** @param environment with its SLURM_CONF */
  constructor(environment: NodeJS.ProcessEnv) {
    this.environment = environment;
  }

  async idleNodes(): Promise<number> {
    const { stdout } = await this.#run`sinfo --noheader --Node --partition=low --states=idle --format=%N`;
    return stdout.split('\n').filter(Boolean).length;
  }

  /** Everything in the queue, each task of an array by itself. */
  async jobs(): Promise<readonly JobState[]> {
    const { stdout } = await this.#run`squeue --noheader --array --format=${'%i|%T|%N'}`;
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [name = '', state = '', node = ''] = line.split('|');
        return { name, state, node };
      });
  }

  async cancel(job: string): Promise<void> {
    await this.#run`scancel ${job}`;
  }

  /** Ends all jobs at once, and waits some seconds for that. */
  async killAll(): Promise<void> {
    for (let look = 0; look < 20; look += 1) {
      const jobs = await this.jobs();
      if (jobs.length === 0) return;
      await this.#run`scancel --full --signal=KILL ${jobs.map(({ name }) => name)}`;
      await this.#run`scancel ${jobs.map(({ name }) => name)}`;
      await pause(500);
    }
  }

  /** @param minutes from the start of a job to its end */
  async setTimeLimit(job: string, minutes: number): Promise<void> {
    await this.#run`scontrol update JobId=${job} TimeLimit=${minutes}`;
  }

  /** Has a job of the other partition take a node for some seconds, whoever is there. */
  async preempt(node: string, seconds: number): Promise<void> {
    const job = ['--partition=high', `--nodelist=${node}`, '--cpus-per-task=2', '--output=/dev/null'];
    await this.#run`sbatch ${job} --wrap ${`sleep ${seconds}`}`;
  }

  get #run() {
    return $({ env: this.environment, quiet: true, nothrow: true });
  }
}
