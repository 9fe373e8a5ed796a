/** Something to be timed beside others. */
export interface TimedSubject<Name extends string> {
  readonly name: Name;
  run(): Promise<unknown>;
}

/** How often each subject runs. */
export interface Rounds {
  /** Rounds that count, at the most where the time is limited. */
  readonly rounds: number;
  /** Rounds before the first that counts: they allocate, fill caches and let libraries choose their programs. */
  readonly warmUp: number;
  /** Once the rounds that count have taken so many seconds, no other is begun beyond the fewest. */
  readonly limit?: { readonly seconds: number; readonly fewest: number };
}

/**
 * Times subjects in turn, round by round: on a machine that other work slows down now and then, what is compared has
 * to be measured side by side.
 * @returns seconds of each round that counts, by the subject's name
 */
export async function timeInTurn<Name extends string>(
  subjects: readonly TimedSubject<Name>[],
  { rounds, warmUp, limit }: Rounds,
): Promise<ReadonlyMap<Name, readonly number[]>> {
  const seconds = new Map(subjects.map(({ name }): [Name, number[]] => [name, []]));
  for (let round = 0; round < warmUp; round++) for (const { run } of subjects) await run();
  const began = performance.now();
  for (let round = 0; round < rounds; round++) {
    if (limit && round >= limit.fewest && performance.now() - began > 1000 * limit.seconds) break;
    for (const { name, run } of subjects) {
      const started = performance.now();
      await run();
      seconds.get(name)?.push((performance.now() - started) / 1000);
    }
  }
  return seconds;
}
