import { basename, dirname, join, relative, sep } from 'node:path';

/** The folder of a page's plots: of `report.html` it is `plots`, of another page one of its name. */
export function plotFolder(page: string): string {
  const name = basename(page).replace(/\.html?$/i, '');
  return join(dirname(page), name === 'report' ? 'plots' : `${name}-plots`);
}

/** The page of a run where no other is asked for, and that of several in the folder of the first. */
export function usualPage(folder: string, runs = 1): string {
  return join(folder, runs === 1 ? 'report.html' : 'comparison.html');
}

/** A link from a page to a folder. */
export function linkToFolder(page: string, folder: string): string {
  return relative(dirname(page), folder).split(sep).map(encodeURIComponent).join('/');
}

/** A line without the folders of absolute paths, which are nobody's business but their owner's. */
export function withoutFolders(message: string): string {
  return message.replace(/(?:[A-Za-z]:)?[\\/](?:[^\s\\/:]+[\\/])+/g, '…/');
}
