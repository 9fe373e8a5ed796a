import type { ProblemRow } from './rows.js';

/** What there was no time for. */
export function leftOut(of: string): ProblemRow {
  return { part: 'problem', of, message: 'left out: the time was over', fails: false, isLate: true };
}

/** What failed, by the first line of its error. */
export function problem(of: string, error: unknown, fails: boolean): ProblemRow {
  return { part: 'problem', of, message: firstLine(error), fails };
}

/** What an error says in its first line; native libraries say much more. */
export function firstLine(error: unknown): string {
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return line.slice(0, 300);
}
