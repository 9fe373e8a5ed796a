/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The size once the shorter side is made `side` long, as torchvision's Resize computes it: the longer side is rounded
 * down.
 */
export function resizedSize({ width, height }: Size, side: number): Size {
  return width <= height
    ? { width: side, height: Math.floor((side * height) / width) }
    : { width: Math.floor((side * width) / height), height: side };
}

/**
 * Where a central crop starts along one side, as torchvision's CenterCrop computes it: half of the rest, rounded
 * as Python rounds (halves to the even neighbour).
 */
export function cropOffset(length: number, crop: number): number {
  const half = (length - crop) / 2;
  const below = Math.floor(half);
  return half === below || below % 2 === 0 ? below : below + 1;
}
