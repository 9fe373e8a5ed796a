import type { LoggerInterface } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import type { Json, Plot } from './plot.js';
import { type PlotPlace, themeFor } from './theme.js';

/** The schema that specifications name, so that editors and other tools know what they are. */
const schema = 'https://vega.github.io/schema/vega-lite/v6.json';

/** A plot as a whole specification of Vega-Lite, with its data, for users' own tools. */
export function specificationOf(
  { title, description, spec, rows }: Plot,
  place: PlotPlace = 'file',
): Readonly<Record<string, Json>> {
  return {
    $schema: schema,
    ...(place === 'file' ? { title } : {}),
    description,
    data: { values: rows },
    ...spec,
    config: themeFor(place),
  };
}

/**
 * Draws a plot; without a browser.
 * @throws Error when the specification is not one of Vega-Lite: a defect
 */
export async function svgOf(plot: Plot, place: PlotPlace = 'file'): Promise<string> {
  // Of a second to load, and of no use to most commands.
  const [{ compile }, vega] = await Promise.all([import('vega-lite'), import('vega')]);
  const warnings: string[] = [];
  const logger = warningLogger(warnings);
  const compiled = compile(specificationOf(plot, place) as unknown as TopLevelSpec, { logger });
  if (warnings.length > 0) throw new Error(`plot ${plot.name}: ${warnings.join('; ')}`);
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none' });
  try {
    return shortened(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** The attributes of SVG that are coordinates and lengths alone. */
const coordinates = new Set([
  ...['d', 'points', 'transform', 'viewBox'],
  ...['x', 'y', 'x1', 'y1', 'x2', 'y2', 'cx', 'cy', 'r', 'width', 'height'],
]);

/**
 * Coordinates to a hundredth of a pixel: half of the bytes of a curve are digits that nobody sees. What is read, such as text
 * and labels, stays as it is.
 */
function shortened(svg: string): string {
  // Vega escapes < and > in text and in values, and quotes in values: every tag and every value is found whole.
  return svg.replace(/<[^>]*>/g, (tag) =>
    tag.replace(/ ([\w:-]+)="([^"]*)"/g, (attribute, name: string, value: string) =>
      coordinates.has(name) ? ` ${name}="${value.replace(/-?\d+\.\d{3,}(e-\d+)?/g, hundredth)}"` : attribute,
    ),
  );
}

function hundredth(digits: string): string {
  return String(Number(Number(digits).toFixed(2)));
}

/** Keeps what a compiler warns of, which it would else print. */
function warningLogger(warnings: string[]): LoggerInterface {
  const keep = (...said: readonly unknown[]) => {
    warnings.push(said.join(' '));
    return logger;
  };
  const drop = () => logger;
  // Its `level` is read by one kind of call and set by another.
  const logger = {
    level: drop,
    error: keep,
    warn: keep,
    info: drop,
    debug: drop,
  } as unknown as LoggerInterface;
  return logger;
}
