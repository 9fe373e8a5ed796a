import {
  elementsOf,
  elementTypes,
  type MatlabElement,
  MatlabFault,
  type MatlabFile,
  numbersOf,
  textOf,
} from './elements.js';

/** A value in a field: a text, or numbers. */
export type MatlabValue = string | readonly number[];

/** Classes of arrays, as their flags number them. */
const classes = { struct: 2, char: 4, numbers: [6, 7, 8, 9, 10, 11, 12, 13, 14, 15] } as const;

/**
 * The values of some fields of each element of an array of structs.
 * @param name of the array
 * @returns for each element, in the order of the array, a value for each field
 * @throws MatlabFault where there is no such array, it lacks a field, or a value is neither text nor numbers
 */
export function structFields(
  { elements, isLittle }: MatlabFile,
  name: string,
  fields: readonly string[],
): readonly (readonly MatlabValue[])[] {
  const array = elements
    .filter(({ type }) => type === elementTypes.matrix)
    .map((element) => partsOf(element, isLittle))
    .find((parts) => parts.name === name);
  if (array === undefined) throw new MatlabFault(`holds no ${name}; download it again`);
  const [lengthElement, namesElement, ...values] = array.rest;
  if (array.kind !== classes.struct || lengthElement === undefined || namesElement === undefined)
    throw new MatlabFault(`holds a ${name} that is no array of structs; download it again`);
  const [length = 0] = numbersOf(lengthElement, isLittle);
  const names = namesIn(namesElement.data, length);
  const places = fields.map((field) => {
    const place = names.indexOf(field);
    if (place < 0) throw new MatlabFault(`holds a ${name} without ${field}; download it again`);
    return place;
  });
  if (values.length !== names.length * array.size)
    throw new MatlabFault(
      `holds a ${name} with ${values.length} values for ${names.length} fields; download it again`,
    );
  return Array.from({ length: array.size }, (_, i) =>
    places.flatMap((place) =>
      values
        .slice(i * names.length + place, i * names.length + place + 1)
        .map((one) => fieldValue(one, isLittle)),
    ),
  );
}

/** An array taken apart. */
interface ArrayParts {
  readonly kind: number;
  /** How many elements it has. */
  readonly size: number;
  readonly name: string;
  /** What follows the name: by class, numbers or fields and their values. */
  readonly rest: readonly MatlabElement[];
}

function partsOf({ type, data }: MatlabElement, isLittle: boolean): ArrayParts {
  const [flags, sizes, name, ...rest] = elementsOf(data, isLittle);
  if (type !== elementTypes.matrix || !flags || !sizes || !name)
    throw new MatlabFault('holds a value that is no array; download it again');
  const [first = 0] = numbersOf(flags, isLittle);
  const size = numbersOf(sizes, isLittle).reduce((product, length) => product * length, 1);
  return { kind: first & 0xff, size, name: name.data.toString('latin1'), rest };
}

function fieldValue(element: MatlabElement, isLittle: boolean): MatlabValue {
  const { kind, rest } = partsOf(element, isLittle);
  const [values] = rest;
  if (kind === classes.char) return values === undefined ? '' : textOf(values, isLittle);
  if (classes.numbers.some((one) => one === kind))
    return values === undefined ? [] : numbersOf(values, isLittle);
  throw new MatlabFault(
    'holds a value that is neither text nor numbers where one is expected; download it again',
  );
}

/** Names of one length each, filled with zeros. */
function namesIn(data: Buffer, length: number): readonly string[] {
  if (!(length > 0)) throw new MatlabFault('has names of fields without a length; download it again');
  return Array.from({ length: Math.floor(data.length / length) }, (_, i) => {
    const name = data.toString('latin1', i * length, (i + 1) * length);
    const end = name.indexOf('\0');
    return end < 0 ? name : name.slice(0, end);
  });
}
