import { collectGarbage } from '../../workers/collect-garbage.js';
import { writePlot } from '../plots/files.js';
import type { Plot } from '../plots/plot.js';
import { svgOf } from '../plots/render.js';
import type { PageBudget } from './budget.js';
import type { Html } from './html.js';
import { linkToFolder } from './page-places.js';
import { type DrawnPlot, figureHtml } from './sections/figures.js';

/** What drawing may leave behind before it is cleared away, in bytes. */
const mostLeft = 256e6;

/** Where figures go: in a page while it has room, and as files beside it. */
export interface FigurePlace {
  /** Of the page. */
  readonly page: string;
  /** Folder of the plots' files, which is there. */
  readonly folder: string;
  readonly budget: PageBudget;
}

/**
 * Draws groups of plots, writes their files and gives what a page shows of them. Where it has no room for all, the first of each
 * group come before the second of any: those of the first model.
 * @returns by group
 */
export async function drawFigures(
  groups: readonly (readonly Plot[])[],
  { page, folder, budget }: FigurePlace,
): Promise<readonly (readonly Html[])[]> {
  const beside = linkToFolder(page, folder);
  const drawn: DrawnPlot[][] = [];
  let heap = process.memoryUsage().heapUsed;
  for (const plots of groups) {
    const own: DrawnPlot[] = [];
    for (const plot of plots) {
      await writePlot(folder, plot);
      own.push({ plot, svg: await svgOf(plot, 'page') });
      // Node lets what drawing leaves grow to several times what is needed, which a large run's results have made much.
      if (process.memoryUsage().heapUsed < heap + mostLeft) continue;
      collectGarbage();
      heap = process.memoryUsage().heapUsed;
    }
    drawn.push(own);
  }
  const placed: Html[][] = drawn.map(() => []);
  const most = Math.max(0, ...drawn.map(({ length }) => length));
  for (let nth = 0; nth < most; nth += 1)
    for (const [group, plots] of drawn.entries()) {
      const plot = plots[nth];
      if (plot !== undefined) placed[group]?.push(figureHtml(plot, beside, budget));
    }
  return placed;
}
