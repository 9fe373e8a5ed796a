import { setImmediate } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import { InputError } from '../stages/errors.js';
import { printableLine, shortened } from './input/printable.js';

/** One line of a CSV file and where it ends. */
export interface CsvLine {
  readonly number: number;
  readonly cells: readonly string[];
}

/** No path is so long; a quote that is never closed takes all the lines that follow into one. */
export const longestLine = 100_000;

/** Lines that are given at once: few, so that what they are made of is gone before memory is looked through. */
const atOnce = 256;

/** Lines after which others have their turn. */
const inTurn = 4096;

/** What is wrong with a line that is longer. */
export const lineTooLong = (file: string, line: number): InputError =>
  new InputError(`${file}:${line}: ${tooLong}`);

const tooLong = `this line is longer than ${longestLine} characters; close the quote that was opened, or shorten it`;

/** Characters that are read before others have their turn: a manifest of a million rows takes seconds. */
const portion = 2 ** 18;

/**
 * Reads CSV line by line, many lines at a time; empty lines are left out. Every line may end as it likes (LF, CRLF or CR), since
 * files that were edited on several systems mix them.
 * @param file its name in errors
 * @throws InputError naming file and line, where quotes are wrong or a line is far too long
 */
export async function* csvLines(file: string, text: string): AsyncGenerator<readonly CsvLine[]> {
  if (text.includes('"')) {
    yield await quotedLines(file, text);
    return;
  }
  // Without quotes a line is what its ends say, and cells what commas say: ten times as fast.
  const ends = text.includes('\r') ? /\r\n|\n|\r/g : /\n/g;
  let number = 0;
  let found: CsvLine[] = [];
  for (let start = 0; start < text.length; start = ends.lastIndex || text.length) {
    const end = ends.exec(text)?.index ?? text.length;
    number += 1;
    if (end - start > longestLine) throw lineTooLong(file, number);
    if (end > start) found.push({ number, cells: text.slice(start, end).split(',') });
    if (found.length === atOnce) {
      yield found;
      found = [];
    }
    if (number % inTurn === 0) await setImmediate();
  }
  if (found.length > 0) yield found;
}

async function quotedLines(file: string, text: string): Promise<readonly CsvLine[]> {
  const found: CsvLine[] = [];
  const parser = parse({
    record_delimiter: ['\r\n', '\n', '\r'],
    // Ragged lines are let through here so that they can be reported with the columns they should have.
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestLine,
    on_record: (cells: readonly string[], { lines }) => {
      found.push({ number: lines, cells });
      return null;
    },
  });
  // Nothing comes out of it, as each line is taken when it is found.
  parser.resume();
  const ended = new Promise<void>((resolve, reject) => {
    parser.on('end', resolve);
    parser.on('error', reject);
  });
  // It may fail before it is waited for.
  ended.catch(() => {});
  try {
    for (let start = 0; start < text.length && !parser.destroyed; start += portion) {
      parser.write(text.slice(start, start + portion));
      await setImmediate();
    }
    if (!parser.destroyed) parser.end();
    await ended;
    return found;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Where a quote is never closed it is the last line that the parser names: the fault is behind the last good one.
    const spans = ['CSV_QUOTE_NOT_CLOSED', 'CSV_MAX_RECORD_SIZE'].includes(error.code);
    const line = spans ? (found.at(-1)?.number ?? 0) + 1 : String(error.lines);
    throw new InputError(`${file}:${line}: ${fault(error)}`, { cause: error });
  }
}

function fault({ code, message }: CsvError): string {
  const quotes = 'put double quotes around a cell that holds quotes, commas or line breaks';
  switch (code) {
    case 'CSV_MAX_RECORD_SIZE':
      return tooLong;
    case 'CSV_QUOTE_NOT_CLOSED':
      return `not valid CSV: the quote that is opened here is never closed; ${quotes}`;
    default:
      return `not valid CSV: ${printableLine(shortened(message, 200))}; ${quotes}`;
  }
}
