import { clearScreenDown, moveCursor } from 'node:readline';

/** Shows a text in the place of the one before it, cut to what a terminal has room for. */
export class LiveText {
  readonly #stream: NodeJS.WriteStream;
  #lines = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(text: string): void {
    const { columns = 80, rows = 24 } = this.#stream;
    const lines = text.trimEnd().split('\n');
    const fitting = lines.length < rows ? lines : [...lines.slice(0, rows - 2), '…'];
    moveCursor(this.#stream, 0, -this.#lines);
    clearScreenDown(this.#stream);
    this.#stream.write(`${fitting.map((line) => cut(line, columns)).join('\n')}\n`);
    this.#lines = fitting.length;
  }
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}
