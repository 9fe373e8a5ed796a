/** Kinds of archives that images can't be read from in place, and how each is unpacked. */
interface OtherArchive {
  /** How the file begins, as Latin-1. */
  readonly magic: string;
  /** What names end in, in lower case. */
  readonly endings: readonly string[];
  readonly name: string;
  /** The command that makes a plain tar, or a folder, of it. */
  readonly unpack: (file: string) => string;
}

const otherArchives: readonly OtherArchive[] = [
  compressed('gzip', '\x1f\x8b', 'gzip -dc', ['.gz', '.tgz', '.taz']),
  compressed('bzip2', 'BZh', 'bzip2 -dc', ['.bz2', '.tbz2', '.tbz', '.tb2']),
  compressed('xz', '\xfd7zXZ\0', 'xz -dc', ['.xz', '.txz']),
  compressed('zstd', '\x28\xb5\x2f\xfd', 'zstd -dc', ['.zst', '.tzst']),
  compressed('lz4', '\x04\x22\x4d\x18', 'lz4 -dc', ['.lz4']),
  compressed('lzip', 'LZIP', 'lzip -dc', ['.lz', '.tlz']),
  compressed('compress', '\x1f\x9d', 'gzip -dc', ['.z']),
  packed('zip', 'PK\x03\x04', (file, folder) => `unzip ${file} -d ${folder}`, ['.zip']),
  packed('7-Zip', '7z\xbc\xaf\x27\x1c', (file, folder) => `7z x ${file} -o${folder}`, ['.7z']),
  packed('RAR', 'Rar!\x1a\x07', (file, folder) => `unrar x ${file} ${folder}/`, ['.rar']),
];

/** Bytes of a file's beginning that say what kind it is. */
export const magicLength = 8;

/** What is said of an archive that can't be read in place, with the command that unpacks it; null of any other file. */
export function refusalByMagic(file: string, beginning: Buffer): string | null {
  const text = beginning.toString('latin1');
  const found = otherArchives.find(({ magic }) => text.startsWith(magic));
  return found === undefined ? null : refusal(file, found);
}

/** Whether a name is that of an archive of any kind. */
export function isArchiveName(name: string): boolean {
  return /\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|tzst|zip|7z|rar)$/i.test(name);
}

/** What unpacks a plain tar into a folder beside it. */
export const untar = (file: string, options = '-xf'): string => {
  const folder = quoted(file.replace(/\.tar$/i, '') || 'unpacked');
  return `mkdir -p ${folder} && tar ${options} ${quoted(file)} -C ${folder}`;
};

function refusal(file: string, { name, unpack }: OtherArchive): string {
  return `is compressed with ${name}, and images are read from plain archives only; unpack it once with: ${unpack(file)}`;
}

function compressed(name: string, magic: string, command: string, endings: readonly string[]): OtherArchive {
  return {
    name,
    magic,
    endings,
    unpack: (file) => {
      const stem = withoutEnding(file, endings);
      const plain = /\.tar$/i.test(stem) ? stem : `${stem}.tar`;
      return `${command} ${quoted(file)} > ${quoted(plain === file ? file.replace(/\.tar$/i, '-plain.tar') : plain)}`;
    },
  };
}

function packed(
  name: string,
  magic: string,
  command: (file: string, folder: string) => string,
  endings: readonly string[],
): OtherArchive {
  return {
    name,
    magic,
    endings,
    unpack: (file) => {
      const stem = withoutEnding(file, endings);
      return `${command(quoted(file), quoted(stem === file ? `${file}-unpacked` : stem))}, and name that folder`;
    },
  };
}

function withoutEnding(file: string, endings: readonly string[]): string {
  const ending = endings.find((end) => file.toLowerCase().endsWith(end));
  return ending === undefined ? file : file.slice(0, -ending.length);
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) && !path.startsWith('-') ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
