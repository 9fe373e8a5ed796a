/** The formats of exported tables, by what their files' names end in. */
export const exportFormatNames = ['csv', 'parquet', 'arrow'] as const;

export type ExportFormatName = (typeof exportFormatNames)[number];
