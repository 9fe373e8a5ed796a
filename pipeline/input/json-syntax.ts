/** Where a text stops being JSON. Lines and columns count from 1. */
export interface SyntaxFault {
  readonly line: number;
  readonly column: number;
  /** For example `expected ',' or '}' but found 'x'`. */
  readonly message: string;
}

const space = /[ \t\r\n]*/y;
const string = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|\x7f|[\x80-\x9f])*"/uy;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/**
 * Finds the first syntax error of a JSON text. `JSON.parse` decides what is JSON; its messages, however, often
 * lack a position, and this tells a user which line to look at.
 * @returns null when the text is JSON
 */
export function findSyntaxFault(text: string): SyntaxFault | null {
  const reader = new Reader(text);
  try {
    reader.value();
    reader.end();
    return null;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const before = text.slice(0, fault.offset).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    return { line: before.length, column, message: fault.message };
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

class Reader {
  #offset = 0;
  constructor(readonly text: string) {}

  value(): void {
    const next = this.#peek();
    if (next === '{') this.#list('}', () => this.#member());
    else if (next === '[') this.#list(']', () => this.value());
    else if (next === '"') this.#string('a value');
    else if (!this.#match(scalar)) throw this.#fault('a value');
  }

  end(): void {
    if (this.#peek() !== '') throw this.#fault('the end of the file');
  }

  #list(close: string, item: () => void): void {
    this.#offset++;
    if (this.#peek() === close) {
      this.#offset++;
      return;
    }
    for (;;) {
      item();
      const next = this.#peek();
      if (next !== ',' && next !== close) throw this.#fault(`',' or '${close}'`);
      this.#offset++;
      if (next === close) return;
    }
  }

  #member(): void {
    this.#peek();
    this.#string('a key in double quotes');
    if (this.#peek() !== ':') throw this.#fault("':'");
    this.#offset++;
    this.value();
  }

  #string(expected: string): void {
    if (this.text[this.#offset] === '"' && !this.#match(string)) {
      throw new Fault(this.#offset, 'this string is not closed, or has a bad escape or a line break in it');
    }
    if (this.text[this.#offset - 1] !== '"') throw this.#fault(expected);
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
