import type { Engine } from './engine.js';

/**
 * The same engine, which gives a sign of life before and after whatever may take long: opening a graph, and each pass.
 * @param tick one int32 that is counted up
 */
export function countingPasses(engine: Engine, tick: () => void): Engine {
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    tick();
    const result = await work();
    tick();
    return result;
  };
  return {
    ...engine,
    async open(file, options) {
      const session = await around(() => engine.open(file, options));
      return {
        run: (feeds) => around(() => session.run(feeds)),
        dispose: () => session.dispose(),
      };
    },
  };
}
