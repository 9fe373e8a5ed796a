import { withTemporaryFolder } from '../../../manifests/output/temporary-folder.js';
import { type GridWay, timeGrid } from '../../../workers/bench/grid-passes.js';
import { type CheckPart, forBatches, networkOf, originOf } from './part.js';

/** Half as many ε as the paper's grid has beside 0: enough to tell ways apart. */
const epsilons = 10;
/** How many of them at once. */
const slices = [2, 5];

/** Several ε at one temperature: pass by pass, and in graphs that take the image once. */
export const grid: CheckPart = (context) =>
  forBatches(context, (batch, seconds) =>
    withTemporaryFolder(async (folder) => {
      const { engine, lowerings, task, threads, say } = context;
      const { name: network, model } = networkOf(task);
      const ways = 2 * slices.length + 1;
      const timing = { batch, epsilons, slices, lowerings, threads, seconds: seconds / (3 * ways) };
      for await (const figure of timeGrid(engine, model, folder, timing))
        say({
          part: 'grid',
          ...originOf(task),
          network,
          batch,
          way: shownWay(figure.way),
          scoresPerSecond: figure.scoresPerSecond?.median ?? null,
          openSeconds: figure.openSeconds,
          difference: figure.difference,
          problem: figure.problem?.split('\n')[0]?.slice(0, 300) ?? null,
        });
    }),
  );

function shownWay(way: GridWay): string {
  switch (way.kind) {
    case 'passes':
      return 'a pass for each ε';
    case 'runs':
      return `graphs for ${way.each} ε, run in turn`;
    case 'slices':
      return `one graph for all, ${way.together} ε at once`;
  }
}
