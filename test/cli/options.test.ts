import test from 'ava';
import { InvalidArgumentError } from 'commander';
import {
  integerOption,
  nonNegativeNumber,
  positiveNumber,
  threadsOption,
} from '../../pipeline/cli/options/numbers.js';
import { preprocessOf } from '../../pipeline/cli/options/preprocess.js';
import { InputError } from '../../stages/errors.js';

test('numbers are read as they are written', (t) => {
  t.is(integerOption(1)('12'), 12);
  t.is(positiveNumber('1e3'), 1000);
  t.is(positiveNumber('.5'), 0.5);
  t.is(nonNegativeNumber('0'), 0);
  t.is(nonNegativeNumber('0.0014'), 0.0014);
});

test('what is no number of the right kind is refused', (t) => {
  for (const text of ['', '0', '1.5', '-1', '0x10', 'many']) {
    t.throws(() => integerOption(1)(text), {
      instanceOf: InvalidArgumentError,
      message: 'Expected an integer of at least 1.',
    });
  }
  t.throws(() => integerOption(1)('9007199254740993'), {
    instanceOf: InvalidArgumentError,
    message: 'Expected an integer from 1 to 9007199254740991.',
  });
  for (const text of ['', '0', '-1', 'Infinity', '1e999', '0x10', '1 ']) {
    t.throws(() => positiveNumber(text), { instanceOf: InvalidArgumentError }, text);
  }
  for (const text of ['', '-0.1', 'NaN']) {
    t.throws(() => nonNegativeNumber(text), { instanceOf: InvalidArgumentError }, text);
  }
});

test('so many threads that the machine would stand still are refused', (t) => {
  t.is(threadsOption()('8'), 8);
  const error = t.throws(() => threadsOption()('99999'), { instanceOf: InvalidArgumentError });
  t.regex(error.message, /^Expected an integer from 1 to \d+\.$/);
});

test('a preprocessing option that is neither preset nor file is refused by its name', async (t) => {
  t.is((await preprocessOf('imagenet')).crop, 224);
  const error = await t.throwsAsync(preprocessOf('cifar11'), { instanceOf: InputError });
  t.regex(error.message, /^--preprocess: "cifar11" is neither .*; did you mean "cifar10"\?$/);
});
