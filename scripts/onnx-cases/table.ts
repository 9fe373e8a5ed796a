import { addTo } from '../../stages/grouped.js';
import { isEvaluated } from '../../stages/import/constants.js';
import { rewrittenTypes } from '../../stages/import/rewrites.js';
import { operations } from '../../stages/operations/registry.js';
import type { OperatorCase } from './operator-case.js';
import type { Outcome } from './outcome.js';

/** A case and what came of it; null where nothing can be said. */
export interface Checked {
  readonly one: OperatorCase;
  readonly forward: Outcome | null;
  readonly folding: Outcome | null;
}

/**
 * The page of all operators of which a case is computed.
 * @param others folders that hold no case of one operation
 */
export function tableOf(checked: readonly Checked[], others: number): string {
  const byType = new Map<string, Checked[]>();
  for (const each of checked) addTo(byType, each.one.node.type, each);
  const rows = [...byType].sort(([a], [b]) => (a < b ? -1 : 1));
  const isKnown = (cases: readonly Checked[]): boolean =>
    cases.some(({ forward, folding }) =>
      [forward, folding].some((outcome) => outcome && !isWithoutRule(outcome)),
    );
  const known = rows.filter(([, cases]) => isKnown(cases));
  const hasRule = (type: string): boolean =>
    operations.has(type) || rewrittenTypes.includes(type) || isEvaluated({ type, domain: '' });
  const unknown = rows.filter(([, cases]) => !isKnown(cases)).map(([type]) => type);
  const ofOtherTypes = unknown.filter(hasRule);
  const total = (kind: Outcome['kind'], of: 'forward' | 'folding'): number =>
    checked.filter((each) => each[of]?.kind === kind).length;
  return [
    `# ONNX's own operator cases`,
    '',
    'Made by `node dist/scripts/onnx-cases/onnx-cases.js /usr/share/libonnx-testdata/data/{node,pytorch-operator,pytorch-converted}',
    "--table docs/onnx-operator-cases.md` (Debian's `libonnx-testdata`, ONNX 1.12, operator sets up to 17). Each case is one operation with its inputs and the outputs that",
    'ONNX expects. It is wrapped into a classifier whose image holds the numbers of one floating-point input, or of all of them,',
    'the others being constants, once with the first axis as the batch and once with all axes in one image. The compiled forward pass',
    'must give the expected numbers on ONNX Runtime in every arrangement that is not refused.',
    '',
    '*Folded* are cases computed when a graph is read, all their inputs being numbers that the code of a network holds.',
    '',
    `${checked.length} cases of one operation (${others} others are of sequences, texts, functions written out or further operator sets). Forward: ` +
      `${total('equal', 'forward')} equal, ${total('wrong', 'forward')} wrong, ${total('refused', 'forward')} refused. ` +
      `Folded: ${total('equal', 'folding')} equal, ${total('wrong', 'folding')} wrong, ${total('refused', 'folding')} refused.`,
    '',
    '| operator | cases | equal | refused | folded | why refused |',
    '|---|---|---|---|---|---|',
    ...known.map(([type, cases]) => rowOf(type, cases)),
    '',
    `Without a case that is computed, though with a rule: ${ofOtherTypes.join(', ')}.`,
    '',
    `Without a rule: ${unknown.filter((type) => !hasRule(type)).join(', ')}.`,
    '',
  ].join('\n');
}

function rowOf(type: string, cases: readonly Checked[]): string {
  const count = (of: 'forward' | 'folding', kind: Outcome['kind']): number =>
    cases.filter((each) => each[of]?.kind === kind).length;
  const reasons = new Map<string, string>();
  for (const { forward } of cases)
    if (forward?.kind === 'refused') {
      const reason = forward.reason.replace(/^operation .*?, node .*?: /, '');
      const shown = isWithoutRule(forward) ? 'no rule where it is of an image' : reason;
      const kind = shown.replace(/\[[^\]]*\]/g, '[]').replace(/-?\d+(\.\d+)?/g, '0');
      if (!reasons.has(kind)) reasons.set(kind, shown);
    }
  const cells = [
    type,
    cases.length,
    count('forward', 'equal'),
    count('forward', 'refused'),
    count('folding', 'equal'),
    [...reasons.values()].map((reason) => reason.replaceAll('|', '\\|')).join('; '),
  ];
  return `| ${cells.join(' | ')} |`;
}

const isWithoutRule = (outcome: Outcome): boolean =>
  outcome.kind === 'refused' && outcome.reason.startsWith('no rule for ');
