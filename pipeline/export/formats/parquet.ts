import type { SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import type { ExportColumn, ExportFormat } from '../export-table.js';

/** Parquet, compressed by Snappy, a row group a batch. */
export const parquetFormat: ExportFormat = {
  hasLists: true,
  async *write(table) {
    const { columns, about } = table;
    const writer = new ByteWriter();
    const kvMetadata = Object.entries(about).map(([key, value]) => ({ key, value }));
    const file = new ParquetWriter({ writer, schema: schemaOf(columns), kvMetadata, createdBy: 'grodin' });
    for await (const { rows, cells } of table.batches()) {
      if (rows === 0) continue;
      const columnData = columns.map((column, at) => source(column, cells[at] ?? []));
      await file.write({ columnData, rowGroupSize: rows });
      yield taken(writer);
    }
    await file.finish();
    yield taken(writer);
  },
};

/** What was written since the last time; places in the file go on counting. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

function source({ name, kind }: ExportColumn, cells: readonly unknown[]): ColumnSource {
  // Scores hardly ever repeat, and a dictionary would not tell 0 from -0.
  const encoding = kind === 'number' ? ({ encoding: 'PLAIN' } as const) : {};
  const data = cells.map((cell) => (cell instanceof Float32Array ? Array.from(cell) : cell));
  return { name, data, ...encoding };
}

function schemaOf(columns: readonly ExportColumn[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.flatMap(elementsOf)];
}

function elementsOf({ name, kind }: ExportColumn): SchemaElement[] {
  const optional = { name, repetition_type: 'OPTIONAL' } as const;
  switch (kind) {
    case 'word':
    case 'text':
      return [{ ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }];
    case 'whole':
      return [{ ...optional, type: 'INT32' }];
    case 'number':
      return [{ ...optional, type: 'DOUBLE' }];
    case 'singles':
      return [
        { ...optional, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', repetition_type: 'REQUIRED', type: 'FLOAT' },
      ];
  }
}
