import { elementTypeOf, type ValueInfo } from './model.js';
import { bytesField, integerField, readMessage, textField } from './wire.js';

/** Reads a `ValueInfoProto`: a graph's input or output. */
export function decodeValueInfo(bytes: Uint8Array): ValueInfo {
  let name = '';
  let type: ValueInfo['type'] = 'unknown';
  let dims: ValueInfo['dims'] = null;
  const tensorType = {
    1: integerField((code) => {
      type = elementTypeOf(code) ?? 'unknown';
    }),
    2: bytesField((shape) => {
      dims = decodeDimensions(shape);
    }),
  };
  readMessage(bytes, {
    1: textField((text) => {
      name = text;
    }),
    2: bytesField((typeProto) =>
      readMessage(typeProto, { 1: bytesField((tensor) => readMessage(tensor, tensorType)) }),
    ),
  });
  return { name, type, dims };
}

function decodeDimensions(bytes: Uint8Array): (number | string)[] {
  const dims: (number | string)[] = [];
  readMessage(bytes, {
    1: bytesField((dimension) => {
      let size: number | string = '?';
      readMessage(dimension, {
        1: integerField((value) => {
          size = value;
        }),
        2: textField((free) => {
          size = free;
        }),
      });
      dims.push(size);
    }),
  });
  return dims;
}
