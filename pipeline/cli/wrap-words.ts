/**
 * Breaks a text between words into lines of at most `width` characters, where words allow it.
 * @param first what stands before the first line
 * @param indent what stands before each further line
 */
export function wrapWords(text: string, width: number, first = '', indent = ''): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map((one) => `${one}\n`).join('');
}
