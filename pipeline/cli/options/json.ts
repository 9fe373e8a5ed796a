import { Option } from 'commander';

/** `--json`: results as JSON on standard output, for scripts. */
export function jsonOption(): Option {
  return new Option('--json', 'print the result as JSON');
}
