import type { Precision } from '../../workers/devices/device.js';
import type { ComparedCell } from '../../workers/parity/compare-values.js';

/** What is measured of a device; each part has a file in `parts/`. */
export const deviceParts = ['parity', 'operations', 'values', 'speed', 'forms', 'profile', 'grid'] as const;

export type DevicePart = (typeof deviceParts)[number];

/** Seconds of one run of a whole batch: the median and the quartiles. */
export interface RunSeconds {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Where a row comes from. */
export interface RowOrigin {
  readonly device: string;
  readonly precision: Precision;
}

/** The furthest number of one golden network, in parts of what is allowed: above 1 it disagrees with float64. */
export interface ParityRow extends RowOrigin {
  readonly part: 'parity';
  readonly network: string;
  readonly share: number;
  readonly what: string;
  readonly value: number;
  readonly reference: number;
}

/** How the cases of one operation agree with float64. */
export interface OperationsRow extends RowOrigin {
  readonly part: 'operations';
  readonly rule: string;
  readonly compared: number;
  /** A line for each case that disagrees, or can't be run: its title and the first number that is off. */
  readonly wrong: readonly string[];
}

/** How all values of one golden network's graph, in one session and at one cell, agree with the CPU's. */
export interface ValuesRow extends RowOrigin, ComparedCell {
  readonly part: 'values';
  readonly network: string;
  /** `usual`, or the choice that was made otherwise. */
  readonly form: string;
  /** Which of those that this graph was opened in, from 1 on. */
  readonly session: number;
  /** How many nodes bear an error; `births` has the first ones. */
  readonly born: number;
}

/** How many nodes of a network's passes the provider leaves to the CPU. */
export interface NodesRow extends RowOrigin {
  readonly part: 'nodes';
  readonly network: string;
  readonly nodes: number;
  readonly leftToCpu: Readonly<Record<string, number>>;
}

/**
 * `plain`: the network's own file; `forward`: its forward pass as compiled; `whole`: perturbation and scoring, one after
 * the other; `one-graph`: both in one graph.
 */
export type TimedPass = 'plain' | 'forward' | 'perturbation' | 'scoring' | 'whole' | 'one-graph';

/** How fast one pass is, with the transfers that it has in a run. */
export interface SpeedRow extends RowOrigin {
  readonly part: 'speed';
  readonly network: string;
  readonly batch: number;
  readonly pass: TimedPass;
  readonly seconds: RunSeconds;
  /** Seconds of opening the graph and of its first run, in which libraries choose their programs. */
  readonly openSeconds: number;
  /** Whether it is a first figure of few runs, before all passes were timed in turn. */
  readonly alone?: true;
}

/** The whole detector with one choice of forms made otherwise, over the same with the device's own choices. */
export interface FormRow extends RowOrigin {
  readonly part: 'forms';
  readonly network: string;
  readonly batch: number;
  readonly pass: 'one-graph';
  readonly form: string;
  readonly seconds: RunSeconds;
  /** Seconds over those of the device's own choices, run by run in turn. */
  readonly over: number;
}

/** Where a pass's time goes: all nodes of one operation and of the same shapes. */
export interface ProfileRow extends RowOrigin {
  readonly part: 'profile';
  readonly network: string;
  readonly batch: number;
  readonly pass: 'forward' | 'one-graph';
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly nodes: number;
  /** Milliseconds of a whole batch. */
  readonly ms: number;
  readonly share: number;
}

/** Several ε at one temperature: pass by pass, or in one graph that takes the image once. */
export interface GridRow extends RowOrigin {
  readonly part: 'grid';
  readonly network: string;
  readonly batch: number;
  /** In words. */
  readonly way: string;
  /** Images times ε; null where it can't be run. */
  readonly scoresPerSecond: number | null;
  readonly openSeconds: number;
  /** The largest difference of a log norm from that of a pass for each ε. */
  readonly difference: number | null;
  readonly problem: string | null;
}

/** What other software does on the same device, as its own program says. */
export interface PeerRow {
  readonly part: 'peers';
  readonly [field: string]: unknown;
}

/** What could not be measured, and why. */
export interface ProblemRow {
  readonly part: 'problem';
  /** Which part, of which device, network or batch. */
  readonly of: string;
  readonly message: string;
  /** Whether it makes the check fail: a device that is wrong or a peer that is missing does, a lack of time doesn't. */
  readonly fails: boolean;
  /** Whether the time was over before it was measured. */
  readonly isLate?: true;
}

export type Row =
  | ParityRow
  | OperationsRow
  | ValuesRow
  | NodesRow
  | SpeedRow
  | FormRow
  | ProfileRow
  | GridRow
  | PeerRow
  | ProblemRow;
