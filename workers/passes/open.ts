import { type SignatureKind, signatures } from '../../stages/scoring/signature.js';
import type { Engine, EngineSession, SessionOptions } from '../engines/engine.js';
import { ModelPasses } from './model-passes.js';

/** How graphs are opened. */
export interface GraphOpening extends Pick<SessionOptions, 'threads'> {
  /** Whether directions can be read; else they stay on the device where its API allows it. Not by default. */
  readonly readsDirections?: boolean;
}

/** Opens a graph for the passes of a model. @param file path of an ONNX file */
export function openGraph(
  engine: Pick<Engine, 'open'>,
  kind: SignatureKind,
  file: string,
  { threads, readsDirections = false }: GraphOpening,
): Promise<EngineSession> {
  return engine.open(file, { threads, keepOnDevice: keptOutputs(kind, readsDirections) });
}

/** Outputs of the size of the batch, which are fed to another graph as a rule. */
function keptOutputs(kind: SignatureKind, readsDirections: boolean): readonly string[] {
  if (kind === 'move') return [signatures.move.outputs.moved.name];
  return kind === 'perturbation' && !readsDirections ? [signatures.perturbation.outputs.direction.name] : [];
}

/**
 * Opens a perturbation and a scoring graph.
 * @param files paths of ONNX files
 * @throws what the engine throws; nothing is left open then
 */
export async function openPasses(
  engine: Engine,
  files: Readonly<Record<'perturbation' | 'scoring', string>>,
  options: GraphOpening,
): Promise<ModelPasses> {
  const perturbation = await openGraph(engine, 'perturbation', files.perturbation, options);
  const scoring = await openGraph(engine, 'scoring', files.scoring, options).catch(async (error) => {
    await perturbation.dispose();
    throw error;
  });
  return passesOf(engine, { perturbation, scoring });
}

/** The passes of two graphs that are open; disposing of them closes both. */
export function passesOf(
  engine: Pick<Engine, 'upload'>,
  { perturbation, scoring }: Readonly<Record<'perturbation' | 'scoring', EngineSession>>,
): ModelPasses {
  return new ModelPasses(engine, {
    gradient: { kind: 'passes', perturbation: async () => perturbation, scoring: async () => scoring },
    dispose: async () => {
      await perturbation.dispose();
      await scoring.dispose();
    },
  });
}

/**
 * Opens one graph that perturbs and scores so many ε together.
 * @param file path of an ONNX file
 */
export async function openGrid(
  engine: Engine,
  file: string,
  steps: number,
  options: GraphOpening,
): Promise<ModelPasses> {
  const session = await openGraph(engine, 'grid', file, options);
  const open = async (): Promise<EngineSession> => session;
  return new ModelPasses(engine, {
    gradient: { kind: 'grid', steps, several: open, single: open },
    dispose: () => session.dispose(),
  });
}
