import { GrodinError, InputError } from '../../stages/errors.js';

/** How the cases of a fuzzer ended. */
export interface Tally {
  readonly cases: number;
  /** Cases that gave a value. */
  readonly taken: number;
  /** Cases that were refused in one line. */
  readonly refused: number;
}

/** No message of a refusal is longer. */
const longestMessage = 2_000;

/** A case that ended otherwise than it may. */
export class FuzzFault extends Error {}

/**
 * Does what a case asks for: it must give a value, or be refused by an error made for the purpose whose message is one
 * line that names the source.
 * @param source what the message must begin with; null where it may begin otherwise
 * @returns the value, or null where the case was refused
 * @throws FuzzFault where it ends otherwise
 */
export async function tried<T>(work: () => Promise<T>, source: string | null): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError || (error instanceof GrodinError && error.kind === 'input'))) {
      const stack = error instanceof Error ? error.stack : String(error);
      throw new FuzzFault(`threw something other than an InputError: ${stack}`);
    }
    const { message } = error;
    if (message.length > longestMessage)
      throw new FuzzFault(`said ${message.length} characters: ${message.slice(0, 200)}`);
    if (source !== null && !message.startsWith(source))
      throw new FuzzFault(`did not name ${source}: ${message}`);
    if (!/[;:] \S/.test(message)) throw new FuzzFault(`named no remedy: ${message}`);
    return null;
  }
}
