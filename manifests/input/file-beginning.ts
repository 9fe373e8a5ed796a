import { open } from 'node:fs/promises';

/** The first bytes of a file, which mostly tell of what kind it is. @param most how many, where there are as many */
export async function fileBeginning(file: string, most: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(most), 0, most, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
