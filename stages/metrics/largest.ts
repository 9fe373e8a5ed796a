/**
 * The places of the largest values, the largest first; of equal values the one that comes first.
 * @param count how many at most; a few, as each costs a step wherever a value is among them
 */
export function largestPlaces(values: Float64Array, count: number): readonly number[] {
  const places: number[] = [];
  for (const [place, value] of values.entries()) {
    const smallest = places.at(-1);
    if (places.length === count && (smallest === undefined || !(value > (values[smallest] ?? 0)))) continue;
    let at = places.length;
    while (at > 0 && value > (values[places[at - 1] ?? 0] ?? 0)) at -= 1;
    places.splice(at, 0, place);
    if (places.length > count) places.pop();
  }
  return places;
}
