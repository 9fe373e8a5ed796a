import type { Origin } from '../import/operand.js';
import type { ParameterRole } from '../operations/operation.js';
import type { TapeStep } from './recorder.js';

/** One parameter slot of one node, fed by a constant. */
export interface ParameterUse {
  readonly step: TapeStep;
  readonly slot: number;
  readonly role: ParameterRole;
  readonly origin: Origin;
}

/** One parameter: its gradient is the sum over its uses. */
export interface Parameter {
  readonly name: string;
  readonly role: ParameterRole;
  readonly dims: readonly number[];
  readonly uses: readonly ParameterUse[];
  /** Whether it belongs to θ. */
  readonly scored: boolean;
  /** Why it is one parameter, and why it is scored or not. */
  readonly reason: string;
  /** Why it may be none, where that can't be told for certain; else null. */
  readonly doubt: string | null;
}

/** Which tensors count as parameters, by name patterns (`*` = any characters). */
export interface ParameterOptions {
  /** Restricts θ; `role:ROLE` selects by role. All by default. */
  readonly parameters?: readonly string[] | undefined;
  /** Tensors of equal values that are one parameter although the file holds them apart. */
  readonly tie?: readonly string[] | undefined;
  /** Tensors whose uses are separate parameters although the file shares them. */
  readonly untie?: readonly string[] | undefined;
  /** Constants that are no parameters although they are in a parameter's place. */
  readonly literals?: readonly string[] | undefined;
  /** Constants that are parameters although they look like literals. */
  readonly trainable?: readonly string[] | undefined;
}
