const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, min: 60, h: 3600 };

/** A duration such as `90`, `90s`, `10 min` or `1.5h` in seconds, or null when the text is none. */
export function parseDuration(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(s|m|min|h)?\s*$/i.exec(text);
  const factor = units[match?.[2]?.toLowerCase() ?? ''];
  const seconds = match && factor !== undefined ? Number(match[1]) * factor : 0;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

/** A duration in seconds as a reader likes it: `10 min`, `90 s`, `2 h`. */
export function formatDuration(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds >= 120 && seconds % 60 === 0) return `${seconds / 60} min`;
  return seconds === 60 ? '1 min' : `${seconds} s`;
}
