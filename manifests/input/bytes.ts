const units: Readonly<Record<string, number>> = {
  '': 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  KI: 2 ** 10,
  MI: 2 ** 20,
  GI: 2 ** 30,
  TI: 2 ** 40,
};

/** A size such as `4GB`, `1.5 GiB` or `800M` in bytes, or null when the text is none. */
export function parseBytes(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*([KMGT]I?)?B?\s*$/i.exec(text);
  const factor = units[match?.[2]?.toUpperCase() ?? ''];
  const bytes = match && factor !== undefined ? Math.floor(Number(match[1]) * factor) : 0;
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}

/** A number of bytes as a reader likes it: `3.2 GB`, `640 MB`, `12 KB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 999.5e6) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${Math.ceil(bytes / 1e6)} MB`;
  return bytes >= 1000 ? `${Math.ceil(bytes / 1e3)} KB` : `${bytes} bytes`;
}
