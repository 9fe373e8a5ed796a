import type { Plot } from '../../plots/plot.js';
import type { PageBudget } from '../budget.js';
import { Html, html } from '../html.js';

/** A plot that is drawn: for the page, and where its files lie. */
export interface DrawnPlot {
  readonly plot: Plot;
  /** In the page's colours. */
  readonly svg: string;
}

/** Attributes of marks that are what they are without them, or that the page's style has once for all. */
const silent =
  / (?:xmlns:xlink|version|role|aria-roledescription|aria-hidden|pointer-events|class|font-family|stroke-miterlimit)="[^"]*"| (?:opacity|stroke-width)="1"| [xy]2="0"| font-size="10px"| transform="translate\(0,0\)"/g;

/** @param folder of the plots' files, as a link from the page */
export function figureHtml({ plot, svg }: DrawnPlot, folder: string, budget: PageBudget): Html {
  const { name, title, description } = plot;
  const file = (extension: string, text: string) =>
    html`<a href="${folder}/${name}.${extension}">${text}</a>`;
  const files = html`${file('svg', 'SVG')}, ${file('vl.json', 'Vega-Lite')}, ${file('csv', 'data')}`;
  const caption = html`<figcaption>${description} <span>(${files})</span></figcaption>`;
  const width = Number(/ width="(\d+)/.exec(svg)?.[1] ?? 0);
  return budget.place(
    html`<figure id="${`figure-${name}`}"${width > 1000 && html` class="wide"`}><h3>${title}</h3>${embedded(svg, name, title)}${caption}</figure>`,
    html`<p>${title}: ${files}.</p>`,
  );
}

/**
 * An SVG within a page: its own names are made the plot's, since those of all plots would be the same; and without what says
 * nothing there, which is half of it and half of the elements.
 */
function embedded(svg: string, name: string, title: string): Html {
  const unique = svg
    .replace(/(\bid="|url\(#)(clip|gradient)/g, `$1${name}-$2`)
    .replace(
      /<path class="background"[^>]*? d="M0,0h[\d.]+v[\d.]+h-?[\d.]+Z"(?: pointer-events="none")?\/>/g,
      '',
    )
    .replace(/<(?:g|path|line|rect|text|svg)\b[^>]*>/g, (tag) => tag.replace(silent, ''));
  const label = html`role="img" aria-label="${title}"`;
  return new Html(unique.replace(/^<svg /, `<svg ${label.text} `));
}
