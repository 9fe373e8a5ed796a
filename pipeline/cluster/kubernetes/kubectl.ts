import { z } from 'zod';
import { RunFailedError } from '../../../stages/errors.js';
import { runProgram } from '../run-program.js';

/** A job that the cluster knows. */
export interface KnownJob {
  readonly name: string;
  /** Whether it is complete or has failed: nothing comes of it any more. */
  readonly hasEnded: boolean;
}

/** Jobs as kubectl names them in one namespace. */
export interface NamedJobs {
  /** Undefined for that of kubectl's context. */
  readonly namespace: string | undefined;
  readonly names: readonly string[];
}

const listed = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
      }),
    }),
  ),
});

/** Those of some jobs that the cluster knows. @throws RunFailedError with kubectl's words where it fails */
export async function knownJobs({ namespace, names }: NamedJobs): Promise<readonly KnownJob[]> {
  const args = ['get', 'jobs.batch', ...names, '--ignore-not-found', '--output=json'];
  const printed = await kubectl([...inNamespace(namespace), ...args]);
  if (printed.trim() === '') return [];
  const { items } = readList(printed);
  return items.map(({ metadata, status }) => ({
    name: metadata.name,
    hasEnded: (status.conditions ?? []).some(
      (condition) => ['Complete', 'Failed'].includes(condition.type) && condition.status === 'True',
    ),
  }));
}

/** Creates what a manifest describes. @throws RunFailedError with kubectl's words where it fails */
export async function createJobs(file: string, namespace: string | undefined): Promise<void> {
  await kubectl([...inNamespace(namespace), 'create', '--filename', file]);
}

/** Removes jobs with their pods, which get TERM; returns when all are gone. @throws RunFailedError with kubectl's words where it fails */
export async function deleteJobs({ namespace, names }: NamedJobs): Promise<void> {
  const args = ['delete', 'jobs.batch', ...names, '--ignore-not-found', '--cascade=foreground'];
  await kubectl([...inNamespace(namespace), ...args]);
}

/** The words by which kubectl is told a namespace. */
export function inNamespace(namespace: string | undefined): readonly string[] {
  return namespace === undefined ? [] : ['--namespace', namespace];
}

function readList(text: string): z.infer<typeof listed> {
  try {
    const value: unknown = JSON.parse(text);
    // Of one name it is the job itself.
    return listed.parse(
      typeof value === 'object' && value !== null && 'items' in value ? value : { items: [value] },
    );
  } catch (error) {
    throw new RunFailedError(
      `kubectl get: printed ${JSON.stringify(text.slice(0, 80))} in place of a list of jobs`,
      {
        cause: error,
      },
    );
  }
}

function kubectl(args: readonly string[]): Promise<string> {
  return runProgram(
    'kubectl',
    args,
    'install it, or write the manifest without --apply and submit it from a machine that has it',
  );
}
