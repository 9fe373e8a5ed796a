/**
 * Whether something that was thrown is an error, also one of another realm: where a program runs in a context of its own, as
 * tests do in Jest, Node's own errors are not of the context's class.
 */
export function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
}
