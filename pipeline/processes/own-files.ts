/**
 * What to say where a program, or its own files, could not be loaded: text to follow what it is. Imports nothing, since it is
 * needed where nothing of ours can be loaded.
 * @param error what importing them threw
 */
export function cannotBeLoaded(error: unknown): string {
  const why = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ').trim() : String(error);
  const tooManyOpen = error instanceof Error && 'code' in error && error.code === 'EMFILE';
  const remedy = tooManyOpen ? 'allow more open files with ulimit -n' : 'install grodin again';
  return `can't be loaded (${why}); ${remedy}`;
}
