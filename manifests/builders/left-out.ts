import type { LeftOut, LeftOutOfArchives } from './manifest-builder.js';

/** Nothing of archives. */
const none: LeftOutOfArchives = { links: 0, empty: 0, replaced: 0, outside: 0, imageless: 0 };

/** What several sources leave out together. */
export function leftOutOfAll(parts: readonly LeftOut[]): LeftOut {
  const sum = (count: (part: LeftOut) => number): number =>
    parts.reduce((total, part) => total + count(part), 0);
  const archived = (kind: keyof LeftOutOfArchives): number => sum((part) => (part.archived ?? none)[kind]);
  return {
    others: sum(({ others }) => others),
    hidden: sum(({ hidden }) => hidden),
    deadLinks: parts.flatMap(({ deadLinks }) => deadLinks),
    notUtf8: parts.flatMap(({ notUtf8 }) => notUtf8),
    ...(parts.some((part) => part.archived) && {
      archived: {
        links: archived('links'),
        empty: archived('empty'),
        replaced: archived('replaced'),
        outside: archived('outside'),
        imageless: archived('imageless'),
      },
    }),
  };
}
