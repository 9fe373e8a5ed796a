/**
 * Changes hue, saturation and value of every pixel, in place.
 * @param values R, G, B from 0 to 1, [H, W, 3]
 * @param change takes saturation and value, each from 0 to 1, and returns them
 */
export function changeHsv(
  values: Float64Array,
  change: (saturation: number, value: number) => readonly [saturation: number, value: number],
): void {
  for (let at = 0; at < values.length; at += 3) {
    const red = values[at] ?? 0;
    const green = values[at + 1] ?? 0;
    const blue = values[at + 2] ?? 0;
    const most = Math.max(red, green, blue);
    const range = most - Math.min(red, green, blue);
    const [saturation, value] = change(range === 0 ? 0 : range / most, most);
    const sixth = hueOf(red, green, blue, most, range) * 6;
    const sector = Math.floor(sixth);
    const within = sixth - sector;
    const low = value * (1 - saturation);
    const falling = value * (1 - within * saturation);
    const rising = value * (1 - (1 - within) * saturation);
    values.set(inSector(sector % 6, value, low, falling, rising), at);
  }
}

/** Hue from 0 to 1; of equal largest channels blue counts first, then green. */
function hueOf(red: number, green: number, blue: number, most: number, range: number): number {
  if (range === 0) return 0;
  const sixths =
    blue === most
      ? 4 + (red - green) / range
      : green === most
        ? 2 + (blue - red) / range
        : (green - blue) / range;
  const hue = sixths / 6;
  return hue - Math.floor(hue);
}

function inSector(
  sector: number,
  value: number,
  low: number,
  falling: number,
  rising: number,
): readonly [number, number, number] {
  switch (sector) {
    case 0:
      return [value, rising, low];
    case 1:
      return [falling, value, low];
    case 2:
      return [low, value, rising];
    case 3:
      return [low, falling, value];
    case 4:
      return [rising, low, value];
    default:
      return [value, low, falling];
  }
}
