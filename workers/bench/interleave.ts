/** Something to be timed beside others. */
export interface Subject {
  readonly name: string;
  run(): Promise<unknown>;
}

/** How often each subject runs. */
export interface Rounds {
  readonly rounds: number;
  /** Rounds before the first that counts: they allocate and fill caches. */
  readonly warmUp: number;
}

/**
 * Times subjects in turn, round by round: on a machine that other work slows down now and then, what is compared has
 * to be measured side by side.
 * @returns seconds of each round, by the subject's name
 */
export async function interleave(
  subjects: readonly Subject[],
  { rounds, warmUp }: Rounds,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const seconds = new Map(subjects.map(({ name }): [string, number[]] => [name, []]));
  for (let round = 0; round < warmUp + rounds; round++)
    for (const { name, run } of subjects) {
      const started = performance.now();
      await run();
      const elapsed = (performance.now() - started) / 1000;
      if (round >= warmUp) seconds.get(name)?.push(elapsed);
    }
  return seconds;
}
