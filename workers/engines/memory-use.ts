/** What an engine takes of the memory of the process that it runs in. */
export interface MemoryUse {
  /** Of the process, before the first worker has started. */
  readonly processBytes: number;
  /** Of a worker, before it opens a graph. */
  readonly workerBytes: number;
  /** Times the initialisers of a graph, while it is open. */
  readonly weightFactor: number;
  /** Times the values alive at the peak of a graph. */
  readonly valueFactor: number;
  /** Whether graphs that are open keep the memory of their values each, or take the same in turn. */
  readonly values: 'kept by each graph' | 'shared by all graphs';
}
