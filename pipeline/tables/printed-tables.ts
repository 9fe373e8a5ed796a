/** How many of the tables of results are printed. */
export const printedTables = ['all', 'main', 'none'] as const;
export type PrintedTables = (typeof printedTables)[number];
