/**
 * Draws a contact sheet of a folder of class folders: one row a class, enlarged without smoothing.
 *
 * Usage: node dist/scripts/micro-benchmark/contact-sheet.js FOLDER SHEET.png [COLUMNS=12] [ENLARGEMENT=3]
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { imageSide } from '../../manifests/micro-benchmark/canvas.js';

const [folder, sheet, columns = '12', enlargement = '3'] = process.argv.slice(2);
if (folder === undefined || sheet === undefined) {
  console.error(
    'Usage: node dist/scripts/micro-benchmark/contact-sheet.js FOLDER SHEET.png [COLUMNS] [ENLARGEMENT]',
  );
  process.exit(2);
}
const side = imageSide * Number(enlargement);
const classes = (await readdir(folder)).sort();
const tiles = await Promise.all(
  classes.flatMap(async (name, row) => {
    const files = (await readdir(join(folder, name))).sort().slice(0, Number(columns));
    return Promise.all(
      files.map(async (file, column) => ({
        input: await sharp(join(folder, name, file))
          .resize(side, side, { kernel: 'nearest' })
          .png()
          .toBuffer(),
        left: column * (side + 4) + 4,
        top: row * (side + 4) + 4,
      })),
    );
  }),
);
await sharp({
  create: {
    width: Number(columns) * (side + 4) + 4,
    height: classes.length * (side + 4) + 4,
    channels: 3,
    background: 'white',
  },
})
  .composite(tiles.flat())
  .png()
  .toFile(sheet);
