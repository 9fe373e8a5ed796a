import { compareValues } from '../../../workers/parity/compare-values.js';
import { networksToCheck } from '../../../workers/parity/selection.js';
import { leftOut, problem } from '../problems.js';
import { type CheckPart, formsOtherwise, originOf } from './part.js';

/** How often each graph is opened: a library may choose its programs anew in each session. */
const sessions = 4;

/** Nodes that are told of a cell, the first ones: where TF32 is allowed nearly every layer is one. */
const told = 20;

/** Choices made otherwise unless others are named: where a matrix product is off, a convolution may be right. */
const usualChoices: readonly string[] = ['linear'];

/**
 * Every value of the golden networks' graphs beside the CPU's, in the device's own forms and with some choices made
 * otherwise: where errors are born. All networks in a session each, then again.
 */
export const values: CheckPart = async ({ engine, lowerings, threads, task, seconds, say }) => {
  const began = performance.now();
  const origin = originOf(task);
  const forms = [['usual', lowerings] as const, ...formsOtherwise(lowerings, task.choices ?? usualChoices)];
  // What is compared with another form is measured beside it.
  const graphs = networksToCheck.flatMap((network) => forms.map((form) => [network, ...form] as const));
  for (let session = 1; session <= sessions; session++)
    for (const [index, [network, form, chosen]] of graphs.entries()) {
      const of = `values of ${network}, ${form}, on ${origin.device} in ${task.precision}, session ${session}`;
      const isFirst = session === 1 && index === 0;
      if (!isFirst && performance.now() - began > 1000 * seconds) {
        say(leftOut(`${of}, and what comes after it`));
        return;
      }
      try {
        for (const cell of await compareValues(engine, network, { lowerings: chosen, threads })) {
          const [born, births] = [cell.births.length, cell.births.slice(0, told)];
          say({ part: 'values', ...origin, network, form, session, ...cell, born, births });
        }
      } catch (error) {
        // Not every provider can give all values; `parity` decides whether it is right.
        say(problem(of, error, false));
      }
    }
};
