/** A value as JSON, shortened to fit in a line; what JSON can't hold by its kind. */
export function show(value: unknown): string {
  // A text of megabytes need not be written out to be shortened.
  if (typeof value === 'string' && value.length > 100) return show(value.slice(0, 100));
  const text = written(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** What code can give to a function is more than a file can hold: none of it may make an error of its own. */
function written(value: unknown): string {
  switch (typeof value) {
    case 'function':
      return 'a function';
    case 'bigint':
      return `${value}n`;
    case 'number':
    case 'symbol':
    case 'undefined':
      return String(value);
  }
  try {
    const text = JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'bigint' ? `${inner}n` : inner,
    );
    // An instance of a class that keeps what it holds to itself, as Set and AbortController do.
    const isOpaque = text === undefined || (text === '{}' && kindOf(value) !== '[object Object]');
    return isOpaque ? kindOf(value) : text;
  } catch {
    // It refers to itself, or can't be read.
    return kindOf(value);
  }
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}
