/** For example `1 image`, `12 images`. */
export function imageCount(count: number): string {
  return `${count} ${count === 1 ? 'image' : 'images'}`;
}
