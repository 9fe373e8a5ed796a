import { Option } from 'commander';

/** How many of the tables of results are printed. */
const printedTables = ['all', 'main', 'none'] as const;
export type PrintedTables = (typeof printedTables)[number];

/** `--tables`: what is printed of the results. */
export function tablesOption(): Option {
  return new Option(
    '--tables <which>',
    'what is printed of the results: "main", what one reads first, fit to the terminal; "all" tables; or "none"',
  )
    .choices([...printedTables])
    .default('main');
}
