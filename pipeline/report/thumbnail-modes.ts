/** How a report shows images: not at all, where they lie, or as small copies within the page. */
export const thumbnailModes = ['none', 'linked', 'embedded'] as const;
export type ThumbnailMode = (typeof thumbnailModes)[number];
