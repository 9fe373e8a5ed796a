import { WireType } from '@bufbuild/protobuf/wire';
import { joined, largestFile, lengthOf, message, modelParts, tensorParts, written } from './encode.js';
import { elementTypeCodes, floatTypes, type Model, type Tensor } from './model.js';

/** A model as the bytes of one file, or of two where one can't hold them. */
export interface EncodedModel {
  /** The ONNX file. */
  readonly file: Uint8Array;
  /** The file beside it that holds the weights, in parts that follow each other; null where the ONNX file holds them. */
  readonly data: readonly Uint8Array[] | null;
}

/** Smaller tensors stay in the ONNX file. */
const leastOutside = 1024;
/** Where tensors begin: at a page of memory, so that engines can map them instead of reading. */
const alignment = 4096;

/**
 * Writes an ONNX file, and the weights as its external data where it would be too large otherwise: float tensors of 1 KiB
 * and more, in their order, none of which is copied. Integers stay, since engines look at them before they read weights.
 * Equal models give equal bytes.
 * @param dataFile name of the file that the weights are to lie in, in the same folder
 * @param largest bytes of an ONNX file that holds its weights
 * @throws ModelError where even without its weights it is larger than an ONNX file can be
 */
export function encodeInFiles(model: Model, dataFile: string, largest = largestFile): EncodedModel {
  const whole = modelParts(model);
  if (lengthOf(whole) <= largest) return { file: joined(whole), data: null };
  const data: Uint8Array[] = [];
  let end = 0;
  const parts = modelParts(model, (tensor, name) => {
    const { buffer, byteOffset, byteLength } = tensor.data;
    if (byteLength < leastOutside || !floatTypes.has(tensor.type)) return tensorParts(tensor, name);
    const gap = (alignment - (end % alignment)) % alignment;
    if (gap > 0) data.push(new Uint8Array(gap));
    data.push(new Uint8Array(buffer, byteOffset, byteLength));
    const offset = end + gap;
    end = offset + byteLength;
    return [outsideTensor(tensor, name, { location: dataFile, offset, length: byteLength })];
  });
  return { file: joined(parts), data };
}

/** A `TensorProto` whose elements lie elsewhere. */
function outsideTensor(
  { dims, type }: Tensor,
  name: string,
  place: Readonly<Record<'location' | 'offset' | 'length', string | number>>,
): Uint8Array {
  return written((w) => {
    for (const size of dims) w.tag(1, WireType.Varint).int64(size);
    w.tag(2, WireType.Varint).int32(elementTypeCodes[type]);
    w.tag(8, WireType.LengthDelimited).string(name);
    for (const [key, value] of Object.entries(place))
      message(w, 13, (entry) => {
        entry.tag(1, WireType.LengthDelimited).string(key);
        entry.tag(2, WireType.LengthDelimited).string(String(value));
      });
    // EXTERNAL
    w.tag(14, WireType.Varint).int32(1);
  });
}
