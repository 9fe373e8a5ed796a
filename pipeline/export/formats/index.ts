import type { ExportFormat } from '../export-table.js';
import { arrowFormat } from './arrow.js';
import { csvFormat } from './csv.js';
import type { ExportFormatName } from './names.js';
import { parquetFormat } from './parquet.js';

/** The formats of exported tables. */
export const exportFormats: Readonly<Record<ExportFormatName, ExportFormat>> = {
  csv: csvFormat,
  parquet: parquetFormat,
  arrow: arrowFormat,
};
