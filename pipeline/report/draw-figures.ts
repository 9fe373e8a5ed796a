import { writePlot } from '../plots/files.js';
import type { Plot } from '../plots/plot.js';
import { svgOf } from '../plots/render.js';
import type { PageBudget } from './budget.js';
import type { Html } from './html.js';
import { linkToFolder } from './page-places.js';
import { figureHtml } from './sections/figures.js';

/** Where figures go: in a page while it has room, and as files beside it. */
export interface FigurePlace {
  /** Of the page. */
  readonly page: string;
  /** Folder of the plots' files, which is there. */
  readonly folder: string;
  readonly budget: PageBudget;
}

/** Draws plots, writes their files and gives what a page shows of them. */
export async function drawFigures(
  plots: readonly Plot[],
  { page, folder, budget }: FigurePlace,
): Promise<readonly Html[]> {
  const beside = linkToFolder(page, folder);
  const figures: Html[] = [];
  for (const plot of plots) {
    await writePlot(folder, plot);
    figures.push(figureHtml({ plot, svg: await svgOf(plot, 'page') }, beside, budget));
  }
  return figures;
}
