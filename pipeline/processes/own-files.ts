/**
 * What to say where a program's own files could not be loaded: text to follow whose they are. Imports nothing, since it is
 * needed where nothing of ours can be loaded.
 * @param error what importing them threw
 */
export function ownFilesNotLoaded(error: unknown): string {
  const why = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ').trim() : String(error);
  const tooManyOpen = error instanceof Error && 'code' in error && error.code === 'EMFILE';
  const remedy = tooManyOpen ? 'allow more open files with ulimit -n' : 'install grodin again';
  return `own files can't be loaded (${why}); ${remedy}`;
}
