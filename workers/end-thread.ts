/**
 * Ends this thread by an error that nobody catches: so the pool rejects the task at hand with that error, and starts
 * another thread in its place.
 * @returns a promise that is never settled
 */
export function endThreadBy(error: Error): Promise<never> {
  setImmediate(() => {
    throw error;
  });
  return new Promise(() => {});
}
