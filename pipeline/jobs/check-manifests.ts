import PQueue from 'p-queue';
import type { Manifest } from '../../manifests/manifest.js';
import type { ManifestHeader } from '../../manifests/manifest-header.js';
import { readManifest } from '../../manifests/read-manifest.js';
import { RunFailedError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { configureDecoder } from '../../workers/images/configure-decoder.js';
import { imageFiles } from '../../workers/images/image-file.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { DEFAULT_MAX_PIXELS, ImageError } from '../../workers/images/source.js';
import { SystemFault } from '../../workers/images/system-fault.js';
import { machineCores } from '../../workers/machine-cores.js';

/** What manifests are held to. */
export interface ManifestCheckSettings {
  /** Number of classes of the networks; labels are then to be below it. Default: any label is good. */
  readonly classes?: number | undefined;
  /** Images of more pixels count as broken. Default: 178 956 970, as Pillow has it. */
  readonly maxPixels?: number | undefined;
}

/** An image that can't be used, and why. */
export interface BrokenImage {
  readonly id: string;
  readonly message: string;
}

/** An image whose label no network of so many classes has. */
export interface LabelBeyond {
  readonly id: string;
  readonly label: number;
}

/** Images whose content is that of images listed before. */
export interface SharedContent {
  /** The manifest that lists them first. */
  readonly first: string;
  /** The one that lists them again; the same one where it lists them twice. */
  readonly second: string;
  readonly images: number;
  /** Ids of the first such image, there and here. */
  readonly example: readonly [first: string, second: string];
}

/** What was found of one manifest. */
export interface CheckedManifest {
  /** As it was named. */
  readonly file: string;
  readonly images: number;
  readonly broken: readonly BrokenImage[];
  readonly beyond: readonly LabelBeyond[];
  /** sha256 (hex) of the manifest's rows. */
  readonly sha256: string;
  /** What its first line says of it; absent where it has no such line. */
  readonly header?: ManifestHeader;
}

/** What was found of manifests and their images. */
export interface ManifestsCheck {
  readonly manifests: readonly CheckedManifest[];
  /** Content that is listed more than once, by pairs of manifests. */
  readonly shared: readonly SharedContent[];
}

/** Every image is decoded whole, and becomes as small as that allows. */
const smallest: Preprocess = {
  resize: 1,
  interpolation: 'bilinear',
  crop: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const shape = { channels: 3, height: 1, width: 1 };

/** So many images are checked between two notes. */
const perNote = 1000;

/**
 * Opens every image of manifests, compares their contents with each other, and labels with a number of classes.
 * @param note told how far it is
 * @throws InputError where a manifest is none
 * @throws RunFailedError where the system fails, and not an image
 */
export async function checkImages(
  files: readonly string[],
  { classes, maxPixels = DEFAULT_MAX_PIXELS }: ManifestCheckSettings,
  note: (text: string) => void,
): Promise<ManifestsCheck> {
  const manifests: Manifest[] = [];
  for (const file of files) manifests.push(await readManifest(file));
  const side = machineCores();
  configureDecoder(side);
  const source = imageFiles({ maxPixels, allowMore: `allow more with ${setting('maxPixels')}` });
  const contents = new Contents(files, manifests);
  const checked: CheckedManifest[] = [];
  for (const [index, { rows, sha256, header }] of manifests.entries()) {
    const file = files[index] ?? '';
    const digests: (string | null)[] = [];
    const failures = new Map<number, string>();
    const queue = new PQueue({ concurrency: 2 * side });
    let done = 0;
    let fault: unknown = null;
    const check = async (row: number): Promise<void> => {
      if (fault !== null) return;
      try {
        digests[row] = (await source.read(rows.pathAt(row), smallest, shape)).sha256;
      } catch (error) {
        if (!(error instanceof ImageError)) {
          fault ??= error;
          return;
        }
        digests[row] = null;
        failures.set(row, error.message);
      }
      done += 1;
      if (done % perNote === 0) note(`${file}: ${done} of ${rows.length} images`);
    };
    for (let row = 0; row < rows.length && fault === null; row += 1) {
      await queue.onSizeLessThan(4 * side);
      void queue.add(() => check(row));
    }
    await queue.onIdle();
    if (fault !== null) throw asFailure(fault);
    for (let row = 0; row < rows.length; row += 1) contents.add(index, row, digests[row] ?? null);
    checked.push({
      file,
      images: rows.length,
      broken: [...failures.entries()]
        .sort(([a], [b]) => a - b)
        .map(([row, message]) => ({ id: rows.idAt(row), message })),
      beyond: classes === undefined ? [] : labelsBeyond({ rows }, classes),
      sha256,
      ...(header && { header }),
    });
  }
  return { manifests: checked, shared: contents.shared };
}

function labelsBeyond({ rows }: Pick<Manifest, 'rows'>, classes: number): LabelBeyond[] {
  const found: LabelBeyond[] = [];
  for (let row = 0; row < rows.length; row += 1) {
    const label = rows.labelAt(row);
    if (label !== null && label >= classes) found.push({ id: rows.idAt(row), label });
  }
  return found;
}

function asFailure(fault: unknown): unknown {
  if (!(fault instanceof SystemFault)) return fault;
  return new RunFailedError(`${fault.message}; then ${call('again')}`, { cause: fault });
}

/** Which images have a content that was seen before. */
class Contents {
  /** Where each content was seen first, by the first half of its digest. */
  readonly #first = new Map<string, readonly [manifest: number, row: number]>();
  readonly #pairs = new Map<string, SharedContent>();

  constructor(
    readonly files: readonly string[],
    readonly manifests: readonly Manifest[],
  ) {}

  get shared(): readonly SharedContent[] {
    return [...this.#pairs.values()];
  }

  add(manifest: number, row: number, digest: string | null): void {
    if (digest === null) return;
    const key = digest.slice(0, 32);
    const first = this.#first.get(key);
    if (first === undefined) {
      this.#first.set(key, [manifest, row]);
      return;
    }
    const [other, otherRow] = first;
    const pair = `${other} ${manifest}`;
    const known = this.#pairs.get(pair);
    this.#pairs.set(pair, {
      first: this.files[other] ?? '',
      second: this.files[manifest] ?? '',
      images: (known?.images ?? 0) + 1,
      example: known?.example ?? [this.#idOf(other, otherRow), this.#idOf(manifest, row)],
    });
  }

  #idOf(manifest: number, row: number): string {
    return this.manifests[manifest]?.rows.idAt(row) ?? '';
  }
}
