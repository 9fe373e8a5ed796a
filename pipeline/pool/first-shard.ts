/**
 * Where a task begins among the shards that are missing, from 0 to 1, so that those of an array that start together are not all after
 * the same one: by its number where a scheduler gives it one, evenly, else anywhere. It may go on with any shard.
 * @param environment the variables of an array of Slurm, or of an indexed job of Kubernetes with `GRODIN_TASKS`
 * @returns null where it is no task of an array
 */
export function placeAmongTasks(environment: Readonly<Record<string, string | undefined>>): number | null {
  const slurm = fraction(
    environment.SLURM_ARRAY_TASK_ID,
    environment.SLURM_ARRAY_TASK_MIN,
    environment.SLURM_ARRAY_TASK_COUNT,
  );
  return slurm ?? fraction(environment.JOB_COMPLETION_INDEX, '0', environment.GRODIN_TASKS);
}

function fraction(
  index: string | undefined,
  first: string | undefined,
  count: string | undefined,
): number | null {
  const [at, from, of] = [index, first, count].map((text) =>
    /^\d{1,9}$/.test(text ?? '') ? Number(text) : null,
  );
  if (at == null || from == null || of == null || of === 0) return null;
  return ((at - from) % of) / of;
}

/** A list from a place on, and then from its beginning. */
export function startingAt<T>(list: readonly T[], place: number): readonly T[] {
  const first = Math.floor(place * list.length);
  return [...list.slice(first), ...list.slice(0, first)];
}
