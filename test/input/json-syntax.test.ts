import test from 'ava';
import fc from 'fast-check';
import { findSyntaxFault } from '../../pipeline/input/json-syntax.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('a syntax error is found where it stands', (t) => {
  const found = (text: string) => {
    const fault = findSyntaxFault(text);
    return fault === null ? null : `${fault.line}:${fault.column} ${fault.message}`;
  };
  t.is(found('{"a": 1}'), null);
  t.is(found('{\n  "a": 1\n  "b": 2\n}'), `3:3 expected ',' or '}' but found '"'`);
  t.is(found('{"a": [1, 2,]}'), `1:13 expected a value but found ']'`);
  t.is(found('{"a": 1,}'), `1:9 expected a key in double quotes but found '}'`);
  t.is(found("{'a': 1}"), `1:2 expected a key in double quotes but found '''`);
  t.is(found('{"a" 1}'), `1:6 expected ':' but found '1'`);
  t.is(found('{"a": yes}'), `1:7 expected a value but found 'y'`);
  t.is(found('{"a": 01}'), `1:7 expected a value but found '0'`);
  t.is(found('{"a": 1'), `1:8 expected ',' or '}' but found the end of the file`);
  t.is(found('// why\n{}'), `1:1 expected a value but found '/'`);
  t.is(found('{} x'), `1:4 expected the end of the file but found 'x'`);
  t.is(found('{"a": "b\n"}'), '1:7 this string is not closed, or has a bad escape or a line break in it');
  t.is(found(''), '1:1 expected a value but found the end of the file');
});

test('exactly what JSON.parse refuses has a syntax error', (t) => {
  const piece = fc.constantFrom(
    ...'{}[]:,"\\ \n\t1-.eE+0',
    'true',
    'nul',
    'l',
    '"a"',
    '"\\u00e9"',
    '\u007f',
    '\u0085',
  );
  const scribble = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
  // Valid texts with one character replaced are the errors that people make.
  const damaged = fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(), piece).map(([text, at, other]) => {
    const offset = at % (text.length + 1);
    return text.slice(0, offset) + other + text.slice(offset + 1);
  });
  fc.assert(
    fc.property(fc.oneof(scribble, damaged, fc.json()), (text) => {
      t.is(findSyntaxFault(text) === null, isJson(text), JSON.stringify(text));
    }),
    { numRuns: 2000, seed: 1 },
  );
});
