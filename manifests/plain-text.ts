/** Anything but lines of printable ASCII without quotes and backslashes. */
const special = /[^\n -!#-[\]-~]/;

/**
 * Whether a text is lines of printable ASCII without quotes and backslashes, as nearly all manifests are: each byte is then a
 * character, cells are what commas say, and JSON writes each as it is, so that rows need not be made into strings.
 */
export const isPlainText = (text: string): boolean => !special.test(text);
