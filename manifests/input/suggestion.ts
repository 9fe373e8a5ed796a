import { distance } from 'fastest-levenshtein';

const longestWord = 200;

/**
 * A remark to add to an error about a word that is not known: `; did you mean "epsilon"?`, or nothing when no
 * candidate is close. Case does not count, so that `odin` finds `ODIN`.
 */
export function didYouMean(found: string, candidates: Iterable<string>): string {
  const word = found.trim().toLowerCase();
  // A word this long is not a misspelling of a known one.
  if (word.length > longestWord) return '';
  let best: { readonly candidate: string; readonly edits: number } | null = null;
  for (const candidate of candidates) {
    const edits = distance(word, candidate.toLowerCase());
    if (best === null || edits < best.edits) best = { candidate, edits };
  }
  if (best === null) return '';
  // Two letters swapped count as two edits, so that words of five letters must be allowed two.
  const close = Math.max(1, Math.round(0.4 * Math.max(word.length, best.candidate.length)));
  return best.edits <= close ? `; did you mean "${best.candidate}"?` : '';
}
