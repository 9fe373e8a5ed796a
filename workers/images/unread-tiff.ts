import { readTiffDirectory, type TiffTags } from './tiff-directory.js';

const [BITS, COMPRESSION, COLOURS, SAMPLES, PLANES, EXTRA] = [258, 259, 262, 277, 284, 338];

/** None, CCITT (three kinds), LZW, JPEG, Deflate (two numbers), PackBits, WebP. */
const readCompressions: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 32773, 32946, 50001];
const JPEG = 7;

/** Names of others that libtiff writes. */
const unreadCompressions: Readonly<Record<number, string>> = { 34925: 'LZMA', 50000: 'Zstandard' };

/** Colours of the tag PhotometricInterpretation that no decoder here turns into RGB as Pillow does. */
const unreadColours: Readonly<Record<number, string>> = {
  8: 'CIELAB',
  9: 'CIELAB',
  10: 'CIELAB',
  32803: 'a camera raw',
  32844: 'LogLuv',
  32845: 'LogLuv',
  34892: 'a camera raw',
};
const YCBCR = 6;

/** White is zero, black is zero, palette: colours of one sample, beside which only alpha may stand. */
const coloursOfOneSample: readonly number[] = [0, 1, 3];

/** Alpha, premultiplied or not, among the values of ExtraSamples. */
const alphas: readonly number[] = [1, 2];

/** The most samples of a pixel that the decoder takes. */
const MOST_SAMPLES = 5;

/** PlanarConfiguration of samples that lie in a plane each. */
const APART = 2;

/**
 * What a TIFF file is that is not read, with the remedy, or null where it is of a usual kind. The decoder takes Y, Cb and Cr
 * that are not in JPEG for R, G and B; Pillow does not read them.
 */
export function unreadTiff(bytes: Uint8Array): string | null {
  const tags = readTiffDirectory(bytes);
  if (tags === null || tags === 'outside') return null;
  const [compression = 1] = tags.get(COMPRESSION) ?? [];
  if (!readCompressions.includes(compression)) {
    const name = unreadCompressions[compression];
    return `TIFF of compression ${compression}${name === undefined ? '' : ` (${name})`} is not read; convert it to another`;
  }
  const [colours = 0] = tags.get(COLOURS) ?? [];
  const named = unreadColours[colours] ?? (colours === YCBCR && compression !== JPEG ? 'YCbCr' : null);
  if (named !== null)
    return `TIFF in ${named} colours is not read${named === 'YCbCr' ? ' unless it is compressed as JPEG' : ''}; convert it to RGB of 8 bits a sample`;
  const [bits = 1] = tags.get(BITS) ?? [];
  if (bits > 32) return `TIFF of ${bits} bits a sample is not read; convert it to 8 or 16 bits a sample`;
  return unreadSamples(tags, colours);
}

/**
 * What has channels that are no colours, as those of microscopes and satellites, of which the decoder would take the first
 * for grey; Pillow does not read them. Grey and its alpha in planes are not read by Pillow either; the decoder mixes their rows.
 */
function unreadSamples(tags: TiffTags, colours: number): string | null {
  const [samples = 1] = tags.get(SAMPLES) ?? [];
  const isOfOneSample = coloursOfOneSample.includes(colours);
  const most = isOfOneSample ? 2 : MOST_SAMPLES;
  const [extra = 0] = tags.get(EXTRA) ?? [];
  if (samples > most || (isOfOneSample && samples === 2 && !alphas.includes(extra)))
    return `TIFF of ${samples} samples a pixel is not read as ${isOfOneSample ? 'grey or a palette' : 'colours'}; write those that the network takes to a file of grey or RGB`;
  const [planes = 1] = tags.get(PLANES) ?? [];
  return isOfOneSample && samples === 2 && planes === APART
    ? 'TIFF of grey or a palette with alpha in a plane of its own is not read; convert it to one plane'
    : null;
}
