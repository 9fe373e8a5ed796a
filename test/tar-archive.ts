/** One member of a tar that a test writes, in the ways that tar's writers do. */
export interface Written {
  readonly name: string | Buffer;
  readonly content?: Uint8Array | string;
  /** `0`, a file, unless it says otherwise. */
  readonly type?: string;
  /** What the header says instead of the content's length. */
  readonly size?: number;
  /** Sizes in bytes, not digits. */
  readonly isBase256?: boolean;
  /** The name's beginning in POSIX's own field. */
  readonly prefix?: string;
  /** Before POSIX there was no magic. */
  readonly magic?: string;
}

/** A tar as writers leave it: its members, and two blocks of zeros. */
export function tarOf(members: readonly Written[], end = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([...members.map(memberOf), end]);
}

/** A PAX header with records for the next member, or for all. */
export function pax(records: Readonly<Record<string, string | Buffer>>, type: 'x' | 'g' = 'x'): Written {
  const content = Buffer.concat(
    Object.entries(records).map(([key, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
      let length = rest.length;
      while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  );
  return { name: 'PaxHeaders/x', content, type };
}

/** GNU tar's note of a long name for the next member. */
export const longName = (name: string): Written => ({
  name: '././@LongLink',
  content: `${name}\0`,
  type: 'L',
});

function memberOf({
  name,
  content = '',
  type = '0',
  size,
  isBase256,
  prefix = '',
  magic = 'ustar\x0000',
}: Written) {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  Buffer.from(name).copy(header, 0, 0, 100);
  header.write('0000644\0', 100, 'latin1');
  const said = size ?? bytes.length;
  if (isBase256) {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(said), 128);
  } else header.write(`${said.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write(type, 156, 'latin1');
  header.write(magic, 257, 'latin1');
  header.write(prefix, 345, 'utf8');
  header.write('        ', 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
