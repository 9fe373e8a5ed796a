/** Where a text stops being JSON, or JSON that can be used. Lines and columns count from 1. */
export interface SyntaxFault {
  readonly line: number;
  readonly column: number;
  /** For example `expected ',' or '}' but found 'x'`. */
  readonly message: string;
}

/** Files that people write nest a few levels; far more would overflow the stack of whoever walks through them. */
export const deepestNesting = 64;

const space = /[ \t\r\n]*/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Finds the first syntax error of a JSON text. `JSON.parse` decides what is JSON; its messages, however, often
 * lack a position, and this tells a user which line to look at.
 * @returns null when the text is JSON
 */
export function findSyntaxFault(text: string): SyntaxFault | null {
  return firstFault(text, false);
}

/**
 * Finds what `JSON.parse` takes and changes silently, or what is too deep to be used: keys that stand twice, numbers that
 * can't be held exactly or at all, lists in lists in lists.
 * @param text is JSON
 * @returns null when there is nothing of the kind
 */
export function findJsonTrap(text: string): SyntaxFault | null {
  return firstFault(text, true);
}

function firstFault(text: string, strict: boolean): SyntaxFault | null {
  try {
    new Reader(text, strict).read();
    return null;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const before = text.slice(0, fault.offset);
    const column = fault.offset - before.lastIndexOf('\n');
    return { line: before.split('\n').length, column, message: fault.message };
  }
}

class Fault extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** A list or an object that is being read. */
interface Open {
  readonly close: ']' | '}';
  /** Its keys so far. */
  readonly keys: Set<string>;
}

/** Keeps what is open in a list of its own, so that no nesting is too deep for it. */
class Reader {
  #offset = 0;
  readonly #open: Open[] = [];

  constructor(
    readonly text: string,
    readonly strict: boolean,
  ) {}

  read(): void {
    do this.#value();
    while (this.#next());
    if (this.#peek() !== '') throw this.#fault('the end of the file');
  }

  /** Reads a value; of a list or an object, what comes before its first value. */
  #value(): void {
    for (;;) {
      const next = this.#peek();
      if (next !== '{' && next !== '[') break;
      const close = next === '{' ? '}' : ']';
      if (this.strict && this.#open.length === deepestNesting) {
        throw new Fault(this.#offset, `lists and objects are nested deeper than ${deepestNesting} levels`);
      }
      this.#offset++;
      if (this.#peek() === close) {
        this.#offset++;
        return;
      }
      this.#open.push({ close, keys: new Set() });
      if (close === '}') this.#key();
    }
    if (this.text[this.#offset] === '"') this.#string();
    else this.#scalar();
  }

  /** Reads what stands behind a value. @returns whether another value follows */
  #next(): boolean {
    for (let open = this.#open.at(-1); open !== undefined; open = this.#open.at(-1)) {
      const next = this.#peek();
      if (next !== ',' && next !== open.close) throw this.#fault(`',' or '${open.close}'`);
      this.#offset++;
      if (next === ',') {
        if (open.close === '}') this.#key();
        return true;
      }
      this.#open.pop();
    }
    return false;
  }

  #key(): void {
    if (this.#peek() !== '"') throw this.#fault('a key in double quotes');
    const start = this.#offset;
    this.#string();
    if (this.strict) {
      const written = this.text.slice(start, this.#offset);
      const key: unknown = JSON.parse(written);
      const keys = this.#open.at(-1)?.keys;
      if (typeof key === 'string' && keys?.has(key)) {
        throw new Fault(start, `the key ${short(written)} stands twice in one object; drop one`);
      }
      keys?.add(String(key));
    }
    if (this.#peek() !== ':') throw this.#fault("':'");
    this.#offset++;
  }

  #string(): void {
    const start = this.#offset;
    for (this.#offset++; ; ) {
      const code = this.text.charCodeAt(this.#offset);
      // NaN behind the end.
      if (!(code >= 0x20) || (code === 0x5c && !this.#match(escapeSequence))) {
        throw new Fault(start, 'this string is not closed, or has a bad escape or a line break in it');
      }
      if (code === 0x5c) continue;
      this.#offset++;
      if (code === 0x22) return;
    }
  }

  #scalar(): void {
    const start = this.#offset;
    if (!this.#match(scalar)) throw this.#fault('a value');
    if (!this.strict) return;
    const written = this.text.slice(start, this.#offset);
    const value = Number(written);
    if (!/^-?\d/.test(written)) return;
    if (!Number.isFinite(value))
      throw new Fault(start, `the number ${short(written)} is too large to be held`);
    if (value === 0 && /[1-9]/.test(written.replace(/e.*/i, ''))) {
      throw new Fault(start, `the number ${short(written)} is so small that it would be read as 0`);
    }
    if (/^-?\d+$/.test(written) && !Number.isSafeInteger(value)) {
      const most = Number.MAX_SAFE_INTEGER;
      throw new Fault(start, `the integer ${short(written)} can't be held exactly; the largest is ${most}`);
    }
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#offset;
    if (!pattern.test(this.text)) return false;
    this.#offset = pattern.lastIndex;
    return true;
  }

  #peek(): string {
    this.#match(space);
    return this.text[this.#offset] ?? '';
  }

  #fault(expected: string): Fault {
    const found = this.text[this.#offset];
    return new Fault(
      this.#offset,
      `expected ${expected} but found ${found === undefined ? 'the end of the file' : `'${found}'`}`,
    );
  }
}

function short(written: string): string {
  return written.length > 60 ? `${written.slice(0, 57)}...` : written;
}
