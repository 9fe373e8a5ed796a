import type { Readable, Writable } from 'node:stream';
import { printable } from '../../manifests/input/printable.js';

/** Colours of a library's messages, which say nothing. */
const colours = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;]*m`, 'g');

/**
 * Passes on what a process prints, with what a terminal would obey written out: native libraries print what files hold.
 * @returns resolves at its end
 */
export async function forwardNotes(from: Readable | null, to: Writable): Promise<void> {
  if (from === null) return;
  // A note that can't be written is dropped: there is nowhere to report that.
  if (to.listenerCount('error') === 0) to.on('error', () => {});
  from.setEncoding('utf8');
  for await (const text of from) to.write(printable(String(text).replace(colours, '')));
}
