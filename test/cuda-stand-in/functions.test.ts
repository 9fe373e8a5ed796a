import test from 'ava';
import { importedNames, standInSource } from '../../scripts/cuda-stand-in/functions.js';

test('functions are told by the library that they are of, and those of cuDNN by their names', (t) => {
  const symbols = [
    '                 U cublasCreate_v2@libcublas.so.13',
    '                 U cudaMalloc@libcudart.so.13',
    '                 U cudaFree@libcudart.so.13',
    '                 U memcpy@GLIBC_2.14',
    '                 w __gmon_start__',
  ].join('\n');
  const bytes = '\0cudnnDestroy\0cudnnCreate\0cudnnCreate(&handle)\0other\0cudnnCreate\0';
  const { linked, looksUp } = importedNames(symbols, bytes);
  t.deepEqual(Object.fromEntries(linked), {
    'libcublas.so.13': ['cublasCreate_v2'],
    'libcudart.so.13': ['cudaMalloc', 'cudaFree'],
  });
  t.deepEqual(looksUp, ['cudnnCreate', 'cudnnDestroy']);
});

test('what is not written by hand succeeds, and what creates gives something', (t) => {
  const source = standInSource('int known(void) { return 7; }', ['known', 'cudnnCreateFilter', 'other']);
  t.is(source.match(/int known\(/g)?.length, 1);
  t.regex(source, /int other\(\) \{ return 0; \}/);
  t.regex(source, /int cudnnCreateFilter\(void \*\*place\)/);
});
