import { type Engine, runOnHost } from '../engines/engine.js';
import { type BenchPass, feedsOf, type PassKind } from './pass.js';
import { type Rounds, timeInTurn } from './time-in-turn.js';

/** One pass, timed beside the others. */
export interface PassTimes {
  readonly kind: PassKind;
  /** Seconds it took to open the graph. */
  readonly openSeconds: number;
  /** Seconds of each run of a whole batch. */
  readonly seconds: readonly number[];
}

/** Opens all graphs in one process and runs them in turn. */
export async function timePasses(
  engine: Engine,
  passes: readonly BenchPass[],
  options: Rounds & { readonly threads: number },
): Promise<PassTimes[]> {
  const opened = [];
  for (const pass of passes) {
    const started = performance.now();
    const session = await engine.open(pass.file, { threads: options.threads });
    opened.push({ pass, session, openSeconds: (performance.now() - started) / 1000, feeds: feedsOf(pass) });
  }
  try {
    const times = await timeInTurn(
      opened.map(({ pass, session, feeds }) => ({
        name: pass.kind,
        run: () => runOnHost(engine, session, feeds),
      })),
      options,
    );
    return opened.map(({ pass, openSeconds }) => ({
      kind: pass.kind,
      openSeconds,
      seconds: times.get(pass.kind) ?? [],
    }));
  } finally {
    for (const { session } of opened) await session.dispose();
  }
}
