import { setting } from '../../stages/setting.js';
import { shown } from '../../stages/shown.js';
import { type ArchiveFile, withArchive } from '../archives/archive-file.js';
import { ArchiveFault } from '../archives/tar-header.js';
import { isImageName, unreadExtension } from '../image-formats.js';
import { type ArchivedFile, type ArchiveListing, listMembers } from './archive-listing.js';
import { noteUnread } from './left-out.js';

/** One sample of a WebDataset shard: the members of one key. */
export interface ShardSample {
  /** The path up to the first dot of the name. */
  readonly key: string;
  readonly image: ArchivedFile;
  /** What its `.cls` says; null where there is none. */
  readonly cls: string | null;
  /** What its `.json` says; undefined where there is none. */
  readonly json: unknown;
}

export interface Shard {
  /** In the order of their images in the shard. */
  readonly samples: readonly ShardSample[];
  /** Samples without an image. */
  readonly imageless: number;
  /** Samples whose image is of a format that is not read, by what its name ends in. */
  readonly unread: ReadonlyMap<string, number>;
  /** Members that belong to no sample. */
  readonly others: number;
  readonly listing: ArchiveListing;
}

/** Which members of a shard are read. */
export interface ShardReading {
  /** What the image's name has behind the key, without the dot; undefined for any image. */
  readonly imageKey: string | undefined;
  /** Whether labels are read. */
  readonly labels: boolean;
}

/** Labels and descriptions of one image take no more. */
const largestText = 2 ** 20;

/**
 * Reads the samples of a shard: headers, labels and descriptions, never images.
 * @throws InputError naming the shard, and the sample where one is at fault: with two images, a label or JSON that is none
 */
export function readShard(path: string, reading: ShardReading): Promise<Shard> {
  return withArchive(path, async (archive) => {
    const listing = await listMembers(archive);
    const byKey = new Map<string, Map<string, ArchivedFile>>();
    let others = 0;
    for (const file of listing.files) {
      const { key, ending } = /^(?<key>(?:.*\/)?[^/.]+)\.(?<ending>[^/]*)$/s.exec(file.path)?.groups ?? {};
      if (key === undefined || ending === undefined) others++;
      else {
        const members = byKey.get(key) ?? new Map<string, ArchivedFile>();
        members.set(ending.toLowerCase(), file);
        byKey.set(key, members);
      }
    }
    const samples: ShardSample[] = [];
    let imageless = 0;
    const unread = new Map<string, number>();
    for (const [key, members] of byKey) {
      const image = imageOf(key, members, reading.imageKey);
      if (image === null) {
        imageless++;
        const other = [...members.values()].find(({ path }) => unreadExtension(path) !== null);
        if (other !== undefined) noteUnread(unread, other.path);
      } else samples.push({ key, image, ...(await labelsOf(archive, key, members, reading.labels)) });
    }
    samples.sort((a, b) => a.image.offset - b.image.offset);
    return { samples, imageless, unread, others, listing };
  });
}

function imageOf(
  key: string,
  members: ReadonlyMap<string, ArchivedFile>,
  imageKey: string | undefined,
): ArchivedFile | null {
  if (imageKey !== undefined) return members.get(imageKey.toLowerCase()) ?? null;
  const images = [...members].filter(([ending]) => isImageName(`x.${ending}`));
  const [first, second] = images;
  if (first && second)
    throw new ArchiveFault(
      `sample ${shown(key)} has two images, ${shown(first[0])} and ${shown(second[0])}; say which is meant with ${setting('imageKey', first[0])}`,
    );
  return first?.[1] ?? null;
}

async function labelsOf(
  archive: ArchiveFile,
  key: string,
  members: ReadonlyMap<string, ArchivedFile>,
  areRead: boolean,
): Promise<Pick<ShardSample, 'cls' | 'json'>> {
  const read = async (ending: string): Promise<string | null> => {
    const file = areRead ? members.get(ending) : undefined;
    return file === undefined ? null : text(archive, file);
  };
  const [cls, json] = [await read('cls'), await read('json')];
  if (json === null) return { cls, json: undefined };
  try {
    return { cls, json: JSON.parse(json) };
  } catch {
    throw new ArchiveFault(
      `the .json of sample ${shown(key)} is no JSON; write it again, or leave labels out`,
    );
  }
}

async function text(archive: ArchiveFile, { path, offset, length }: ArchivedFile): Promise<string> {
  if (length > largestText)
    throw new ArchiveFault(`${shown(path)} has ${length} bytes, and what is said of one image takes less`);
  // The archive's memory is used again.
  return (await archive.bytes(offset, length)).toString('utf8');
}
