const [START_OF_SCAN, END_OF_IMAGE] = [0xda, 0xd9];

/** Kinds of frames that are read: baseline, extended, progressive. */
const frames: readonly number[] = [0xc0, 0xc1, 0xc2];
const PROGRESSIVE = 0xc2;

/**
 * Whether a JPEG file of several scans ends within a header between them. Pillow puts the marker of the image's end behind
 * what is there, and its decoder takes that for a part of the header: it waits for more, and no pixel is given. (Within a
 * scan the marker is understood, and all scans so far are.)
 * @param bytes of a file that ends early
 */
export function endsBetweenScans(bytes: Uint8Array): boolean {
  const file = Buffer.concat([bytes, Buffer.from([0xff, END_OF_IMAGE])]);
  let [components, hasSeveral] = [0, false];
  for (let at = 2; ; ) {
    at = markerFrom(file, at);
    const marker = file[at];
    if (marker === END_OF_IMAGE) return false;
    if (marker === undefined || at + 3 > file.length) return hasSeveral;
    const length = file.readUInt16BE(at + 1);
    if (frames.includes(marker)) {
      components = file[at + 8] ?? 0;
      hasSeveral = marker === PROGRESSIVE;
    }
    // The pixels of a single scan are given row by row.
    if (marker === START_OF_SCAN && (file[at + 3] ?? components) < components) hasSeveral = true;
    at += 1 + Math.max(2, length);
  }
}

/** Place of the next marker's second byte, behind coded data, restarts and filling bytes; the end where there is none. */
function markerFrom(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0; at = file.indexOf(0xff, at + 1)) {
    const next = file[at + 1] ?? 0;
    const isMarker = next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7);
    if (isMarker) return at + 1;
  }
  return file.length;
}
