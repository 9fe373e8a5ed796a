import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { decodeTensor } from '../../stages/onnx/decode-tensor.js';
import { elementTypeCodes } from '../../stages/onnx/model.js';

/** Writes an ONNX model again with all its initializers in another file beside it, one after the other. */
export async function writeWithExternalData(from: string, to: string, location: string): Promise<void> {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const model = rewritten(await readFile(from), 7, (graph) =>
    rewritten(graph, 5, (bytes) => {
      const [name, { type, dims, data }] = decodeTensor(bytes);
      const part = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const place = { location, offset: `${offset}`, length: `${part.length}` };
      parts.push(part);
      offset += part.length;
      const tensor = new BinaryWriter();
      for (const size of dims) tensor.tag(1, WireType.Varint).int64(size);
      tensor.tag(2, WireType.Varint).int32(elementTypeCodes[type]);
      tensor.tag(8, WireType.LengthDelimited).string(name);
      for (const [key, value] of Object.entries(place)) {
        tensor.tag(13, WireType.LengthDelimited).fork();
        tensor.tag(1, WireType.LengthDelimited).string(key);
        tensor.tag(2, WireType.LengthDelimited).string(value);
        tensor.join();
      }
      tensor.tag(14, WireType.Varint).int32(1);
      return tensor.finish();
    }),
  );
  await writeFile(to, model);
  await writeFile(join(dirname(to), location), Buffer.concat(parts));
}

/** A protobuf message in which every occurrence of one field, itself a message, is replaced. */
function rewritten(
  message: Uint8Array,
  replaced: number,
  replace: (content: Uint8Array) => Uint8Array,
): Uint8Array {
  const reader = new BinaryReader(message);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    writer.tag(field, wire);
    if (field === replaced) writer.bytes(replace(reader.bytes()));
    else writer.raw(reader.skip(wire, field));
  }
  return writer.finish();
}
