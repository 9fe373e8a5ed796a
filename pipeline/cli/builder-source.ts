import { Argument } from 'commander';
import type { BuilderValues } from '../../manifests/builders/manifest-builder.js';

/** A builder of manifests of one source, or of several. */
export type BuilderOf<Built, BuiltOfSeveral> = {
  readonly source: { readonly name: string; readonly doc: string };
} & (
  | { build(source: string, options: BuilderValues): Promise<Built> }
  | { buildFrom(sources: readonly string[], options: BuilderValues): Promise<BuiltOfSeveral> }
);

/** What a builder reads, as the command line takes it: once, or as often as its user likes. */
export function builderSource(builder: BuilderOf<unknown, unknown>): Argument {
  const { name, doc } = builder.source;
  return new Argument('buildFrom' in builder ? `<${name}...>` : `<${name}>`, doc);
}

/**
 * Has a builder list its images.
 * @param given what the command line found for `builderSource`
 */
export function builtFrom<Built, BuiltOfSeveral>(
  builder: BuilderOf<Built, BuiltOfSeveral>,
  given: string | readonly string[],
  options: BuilderValues,
): Promise<Built | BuiltOfSeveral> {
  const sources = typeof given === 'string' ? [given] : given;
  return 'buildFrom' in builder
    ? builder.buildFrom(sources, options)
    : builder.build(sources[0] ?? '', options);
}

/** The folder that paths of what was left out start from; none where there are several sources, which they name. */
export const folderOfPaths = (given: string | readonly string[]): string =>
  typeof given === 'string' ? given : given.length === 1 ? (given[0] ?? '') : '';
