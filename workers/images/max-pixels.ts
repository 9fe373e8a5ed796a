/** Images of more pixels are refused unless the user allows them: what Pillow refuses to open, too. */
export const DEFAULT_MAX_PIXELS = 178_956_970;
