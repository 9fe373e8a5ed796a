import type { OpenExperiment } from '../opening/opened.js';
import { equalMemberNotes } from './equal-members.js';
import { excludedRowsNotes } from './excluded-rows.js';
import { ownNumberingNotes } from './own-numbering.js';
import { preprocessNotes } from './stored-preprocess.js';

/** What an experiment may not mean as it is, a line each, before a run or its forecast. */
export function inputNotes(open: OpenExperiment): readonly string[] {
  return [
    ...preprocessNotes(open),
    ...ownNumberingNotes(open),
    ...excludedRowsNotes(open),
    ...equalMemberNotes(open),
  ];
}
