/** A source of random draws. Integer arithmetic only, so that equal keys give equal draws on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Uniform integer in [low, high], both included. */
  integer(low: number, high: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of the items. @throws RangeError when there is none. */
  pick<T>(items: readonly T[]): T;
  /** Mean 0, standard deviation 1: four uniform draws added up, which bounds it to ±3.5. */
  gaussian(): number;
}

/**
 * The generator of one image or of one aspect of it. Any image can be drawn alone, in any order, since its
 * draws depend on its key and on nothing drawn before.
 * @param key for example (seed, split, class, index); strings are hashed, numbers must be safe integers
 */
export function randomFor(...key: readonly (string | number)[]): Random {
  let [a, b, c, d] = seedWords(key.join('\u0000'));
  // sfc32 of PractRand: 128 bits of state with a counter, so that no key can fall into a short cycle.
  const word = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) word();
  const next = (): number => word() / 2 ** 32;
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    gaussian: () => (next() + next() + next() + next() - 2) * Math.sqrt(3),
  };
}

/** Four 32-bit words of a text: FNV-1a with four offsets, each stirred as in MurmurHash3's finaliser. */
function seedWords(text: string): [number, number, number, number] {
  const word = (offset: number): number => {
    let hash = 0x811c9dc5 ^ Math.imul(offset, 0x9e3779b1);
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) | 0;
  };
  return [word(1), word(2), word(3), word(4)];
}
