import { Option } from 'commander';
import { printedTables } from '../../tables/printed-tables.js';

/** `--tables`: what is printed of the results. */
export function tablesOption(): Option {
  return tablesChoice('what is printed of the results').default('main');
}

/** `--tables` of the job that makes the tables of a submission. */
export function submittedTablesOption(): Option {
  return tablesChoice('what the job for the tables prints of the results into its log (default: "main")');
}

function tablesChoice(what: string): Option {
  return new Option(
    '--tables <which>',
    `${what}: "main", what one reads first, fit to the terminal; "all" tables; or "none"`,
  ).choices([...printedTables]);
}
