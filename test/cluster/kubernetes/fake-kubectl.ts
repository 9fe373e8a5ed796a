import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/**
 * A program that stands in for kubectl: it notes how it was called in `calls`, and knows the jobs in `known`, a condition each
 * where they have ended.
 */
const program = (folder: string): string => `#!/bin/bash
fakes='${folder}'
echo "kubectl $*" >> "$fakes/calls"
case " $* " in
  *" get "*) cat "$fakes/known" 2>/dev/null; true ;;
  *" create "*) [ -e "$fakes/refuse" ] && { echo 'Error from server (Forbidden): jobs.batch is forbidden' >&2; exit 1; }; true ;;
esac
`;

/** A folder with such a program. */
export class FakeKubectl {
  readonly #folder: string;
  /** PATH with this program first. */
  readonly path: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = `${folder}${delimiter}${process.env.PATH ?? ''}`;
  }

  static async in(folder: string): Promise<FakeKubectl> {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'kubectl'), program(folder));
    await chmod(join(folder, 'kubectl'), 0o755);
    return new FakeKubectl(folder);
  }

  /** How it was called since it was asked last. */
  async calls(): Promise<readonly string[]> {
    const text = await readFile(join(this.#folder, 'calls'), 'utf8').catch(() => '');
    await rm(join(this.#folder, 'calls'), { force: true });
    return text.split('\n').filter(Boolean);
  }

  /** Has the cluster know some jobs. @param condition of each that is met, or null */
  async knows(jobs: Readonly<Record<string, 'Complete' | 'Failed' | 'Suspended' | null>>): Promise<void> {
    const items = Object.entries(jobs).map(([name, condition]) => ({
      metadata: { name },
      status: condition === null ? {} : { conditions: [{ type: condition, status: 'True' }] },
    }));
    await writeFile(join(this.#folder, 'known'), JSON.stringify({ kind: 'List', items }));
  }

  /** Has it refuse to create anything, or no longer. */
  async refuses(does: boolean): Promise<void> {
    if (does) await writeFile(join(this.#folder, 'refuse'), '');
    else await rm(join(this.#folder, 'refuse'), { force: true });
  }
}
