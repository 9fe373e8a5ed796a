import { unreadExtension } from '../image-formats.js';
import type { LeftOut, LeftOutOfArchives } from './manifest-builder.js';

/** Nothing of archives. */
const none: LeftOutOfArchives = { links: 0, replaced: 0, outside: 0, imageless: 0 };

/** What several sources leave out together. */
export function leftOutOfAll(parts: readonly LeftOut[]): LeftOut {
  const sum = (count: (part: LeftOut) => number): number =>
    parts.reduce((total, part) => total + count(part), 0);
  const archived = (kind: keyof LeftOutOfArchives): number => sum((part) => (part.archived ?? none)[kind]);
  const unread = new Map<string, number>();
  for (const part of parts)
    for (const [extension, count] of Object.entries(part.unread ?? {}))
      unread.set(extension, (unread.get(extension) ?? 0) + count);
  return {
    others: sum(({ others }) => others),
    hidden: sum(({ hidden }) => hidden),
    deadLinks: parts.flatMap(({ deadLinks }) => deadLinks),
    notUtf8: parts.flatMap(({ notUtf8 }) => notUtf8),
    ...unreadImages(unread),
    ...(parts.some((part) => part.archived) && {
      archived: {
        links: archived('links'),
        replaced: archived('replaced'),
        outside: archived('outside'),
        imageless: archived('imageless'),
      },
    }),
  };
}

/**
 * Counts a file that is no image which is read, if it is one of a format that is not.
 * @param unread counts by what names end in, which are changed
 */
export function noteUnread(unread: Map<string, number>, name: string): void {
  const extension = unreadExtension(name);
  if (extension !== null) unread.set(extension, (unread.get(extension) ?? 0) + 1);
}

/** The part of `LeftOut` that tells of them; nothing where there are none. */
export function unreadImages(unread: ReadonlyMap<string, number>): Pick<LeftOut, 'unread'> {
  return unread.size === 0 ? {} : { unread: Object.fromEntries(unread) };
}
