import type { Thrown } from './thrown.js';

/** What a process asks of one that it started for some work: to begin, and for each part to go on. */
export type ToWorking =
  | { readonly kind: 'begin'; readonly work: string; readonly order: readonly unknown[] }
  | { readonly kind: 'next' };

/** What the process answers: notes as they come, and to each question one of the others. */
export type FromWorking =
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'part'; readonly part: unknown }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly thrown: Thrown };
