import { Option } from 'commander';
import { type ThumbnailMode, thumbnailModes } from '../../report/thumbnail-modes.js';

/** `--thumbnails`: how images are shown in a report. */
export function thumbnailsOption(): Option {
  return new Option(
    '--thumbnails <how>',
    'images in the report: linked to where they lie, embedded as small copies, or none',
  )
    .choices([...thumbnailModes])
    .default('linked' satisfies ThumbnailMode);
}
