import test from 'ava';
import fc from 'fast-check';
import { deepestNesting, findJsonTrap, findSyntaxFault } from '../../manifests/input/json-syntax.js';

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

test('what JSON.parse would change silently is found where it stands', (t) => {
  const found = (text: string) => {
    const trap = findJsonTrap(text);
    return trap === null ? null : `${trap.line}:${trap.column} ${trap.message}`;
  };
  t.is(found('{"a": 1, "b": {"a": [1, 1.5, -0, 0.0, 9007199254740991]}}'), null);
  t.is(found('{"a": 1,\n "a": 2}'), '2:2 the key "a" stands twice in one object; drop one');
  t.is(found('{"a": 1, "\\u0061": 2}'), '1:10 the key "\\u0061" stands twice in one object; drop one');
  t.is(found('[1e999]'), '1:2 the number 1e999 is too large to be held');
  t.is(found('[-1e999]'), '1:2 the number -1e999 is too large to be held');
  t.is(found('[1e-999]'), '1:2 the number 1e-999 is so small that it would be read as 0');
  t.is(found('[0e5, 0.000]'), null);
  t.is(
    found('[9007199254740993]'),
    "1:2 the integer 9007199254740993 can't be held exactly; the largest is 9007199254740991",
  );
  t.is(found('{"__proto__": 1, "constructor": 2, "toString": 3}'), null);
});

test('no nesting is too deep to be looked at, and more than a few levels are told of', (t) => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  t.is(findJsonTrap(nested(deepestNesting)), null);
  t.deepEqual(findJsonTrap(nested(100_000)), {
    line: 1,
    column: deepestNesting + 1,
    message: `lists and objects are nested deeper than ${deepestNesting} levels`,
  });
  t.is(findSyntaxFault('{"a":'.repeat(100_000))?.column, 500_001);
  t.is(findSyntaxFault(`"${'x'.repeat(30_000_000)}"`), null);
});
