import { signatures } from '../../stages/scoring/signature.js';
import {
  type Engine,
  type EngineTensor,
  type HostTensor,
  outputNamed,
  readAll,
  takeOutput,
} from '../engines/engine.js';
import { HeldTensors } from '../engines/held-tensors.js';
import type { GridSessions, ModelSessions, PassSessions } from './model-sessions.js';
import {
  type Features,
  featuresOf,
  type Logits,
  logitsOf,
  type Scores,
  scoresByStep,
  scoresOf,
} from './outputs.js';
import { feedsNamed, matrix, vector } from './tensors.js';

/** The sign by which each number of a batch is moved, wherever the engine keeps it. */
export interface Direction {
  /** T that it was found at, or null for the one that moves nothing. */
  readonly temperature: number | null;
}

/**
 * The passes of one model over one batch of images, which is uploaded once. It keeps one direction, as that takes as much
 * memory as the batch: a new one takes the place of the one before.
 */
export class BatchPasses {
  readonly #engine: Pick<Engine, 'upload'>;
  readonly #sessions: ModelSessions;
  readonly #images: Pick<HostTensor, 'type' | 'dims'>;
  readonly #image: EngineTensor;
  readonly #held = new HeldTensors();
  #temperature: { readonly value: number; readonly tensor: EngineTensor } | null = null;
  #direction: { readonly handle: Direction; readonly tensor: EngineTensor } | null = null;

  private constructor(
    engine: Pick<Engine, 'upload'>,
    sessions: ModelSessions,
    images: HostTensor,
    image: EngineTensor,
  ) {
    this.#engine = engine;
    this.#sessions = sessions;
    this.#images = { type: images.type, dims: images.dims };
    this.#image = this.#held.put('image', image);
  }

  /** @param images [N, C, H, W] */
  static async upload(
    engine: Pick<Engine, 'upload'>,
    sessions: ModelSessions,
    images: HostTensor,
  ): Promise<BatchPasses> {
    return new BatchPasses(engine, sessions, images, await engine.upload(images));
  }

  /** The network alone. @throws TypeError where the model's graph for it is not among those that are run */
  async forward(): Promise<Logits> {
    return logitsOf(await this.#forward(this.#image));
  }

  /**
   * The network alone at the images moved along a direction.
   * @param direction the last one that was found
   * @param steps of each channel in the network's input space, [C]
   * @throws TypeError where another direction has taken its place, or a graph for it is not among those that are run
   */
  async forwardMoved(direction: Direction, steps: readonly number[]): Promise<Logits> {
    const { moving } = this.#sessions;
    if (moving === undefined) throw new TypeError('the graph that moves images was not compiled');
    const tensors = {
      image: this.#image,
      direction: this.#tensorOf(direction),
      epsilon: await this.#steps(vector(steps)),
    };
    const session = await moving.move();
    const moved = takeOutput(
      signatures.move.outputs.moved.name,
      await session.run(feedsNamed('move', tensors)),
    );
    try {
      return logitsOf(await this.#forward(moved));
    } finally {
      moved.dispose();
    }
  }

  /**
   * The network alone, with what its last layer reads.
   * @throws TypeError where its graph is not among those that are run, or was compiled without features
   */
  async forwardWithFeatures(): Promise<Logits & Features> {
    const outputs = await this.#forward(this.#image);
    return { ...logitsOf(outputs), ...featuresOf(outputs) };
  }

  /**
   * Finds the direction at one temperature.
   * @throws TypeError where several ε are scored together, which has no direction of its own, and nothing else needs one
   */
  async perturb(temperature: number): Promise<Direction> {
    const { name } = signatures.perturbation.outputs.direction;
    return this.#keep(temperature, takeOutput(name, await this.#perturbation(temperature)));
  }

  /** Finds the direction at one temperature, and the logits of the images as they are. @throws TypeError as `perturb` */
  async perturbWithLogits(temperature: number): Promise<Logits & { readonly direction: Direction }> {
    const { name } = signatures.perturbation.outputs.direction;
    const { [name]: found, ...others } = await this.#perturbation(temperature);
    const direction = this.#keep(temperature, outputNamed({ [name]: found }, name));
    return { direction, ...logitsOf(await readAll(others)) };
  }

  /** The direction for ε = 0, which no pass is needed for. */
  async stand(): Promise<Direction> {
    const { dims } = this.#images;
    const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
    return this.#keep(null, await this.#engine.upload({ ...this.#images, data }));
  }

  /** Brings a direction here, [N·C·H·W]. @throws TypeError where its graph was opened to keep it on the device */
  async read(direction: Direction): Promise<Float32Array> {
    const { data } = await this.#tensorOf(direction).read();
    if (data instanceof Float32Array) return data;
    throw new TypeError('the direction that the compiled graph gave is not float32');
  }

  /**
   * Scores the images moved along a direction.
   * @param direction the last one that was found
   * @param steps of each channel in the network's input space, [C]
   * @throws TypeError where another direction has taken its place, or several ε are scored together
   */
  async score(direction: Direction, steps: readonly number[], temperature: number): Promise<Scores> {
    const { scoring } = this.#passes();
    const tensors = {
      image: this.#image,
      direction: this.#tensorOf(direction),
      temperature: await this.#temperatureOf(temperature),
      epsilon: await this.#steps(vector(steps)),
    };
    const session = await scoring();
    return scoresOf(await readAll(await session.run(feedsNamed('scoring', tensors))));
  }

  /**
   * Perturbs and scores at several ε of one temperature, or at one.
   * @param epsilons as many as the graph takes, or one; of each the steps of all channels in the network's input space
   * @returns scores at each ε
   * @throws TypeError where the model's graphs score at one ε, RangeError for another number of them
   */
  async scoreGrid(epsilons: readonly (readonly number[])[], temperature: number): Promise<readonly Scores[]> {
    const { steps, several, single } = this.#grid();
    const count = epsilons.length;
    if (count !== 1 && count !== steps)
      throw new RangeError(
        `got ${count} ε for a graph that scores ${steps} together; give it ${steps}, or 1`,
      );
    const tensors = {
      image: this.#image,
      temperature: await this.#temperatureOf(temperature),
      epsilon: await this.#steps(matrix(epsilons)),
    };
    const session = await (count === 1 ? single() : several());
    return scoresByStep(scoresOf(await readAll(await session.run(feedsNamed('grid', tensors)))), count);
  }

  /** Gives back all that is held; no pass can be run any more. */
  dispose(): void {
    this.#temperature = null;
    this.#direction = null;
    this.#held.dispose();
  }

  async #forward(image: EngineTensor): Promise<Readonly<Record<string, HostTensor>>> {
    const { forward } = this.#sessions;
    if (forward === undefined) throw new TypeError('the graph of the forward pass was not compiled');
    const session = await forward();
    return readAll(await session.run(feedsNamed('forward', { image })));
  }

  async #perturbation(temperature: number): Promise<Readonly<Record<string, EngineTensor>>> {
    const perturbation = this.#sessions.moving?.perturbation ?? this.#passes().perturbation;
    const tensors = { image: this.#image, temperature: await this.#temperatureOf(temperature) };
    const session = await perturbation();
    return session.run(feedsNamed('perturbation', tensors));
  }

  #keep(temperature: number | null, found: EngineTensor): Direction {
    const handle: Direction = { temperature };
    this.#direction = { handle, tensor: this.#held.put('direction', found) };
    return handle;
  }

  #tensorOf(direction: Direction): EngineTensor {
    if (direction === this.#direction?.handle) return this.#direction.tensor;
    throw new TypeError('this direction was released: a batch keeps only the one that was found last');
  }

  async #temperatureOf(value: number): Promise<EngineTensor> {
    if (this.#temperature?.value === value) return this.#temperature.tensor;
    const tensor = this.#held.put('temperature', await this.#engine.upload(vector([value])));
    this.#temperature = { value, tensor };
    return tensor;
  }

  async #steps(steps: HostTensor): Promise<EngineTensor> {
    return this.#held.put('epsilon', await this.#engine.upload(steps));
  }

  #passes(): PassSessions {
    const { gradient } = this.#sessions;
    if (gradient.kind === 'passes') return gradient;
    throw new TypeError(
      'these graphs score several ε in one run: they have no separate perturbation and scoring passes',
    );
  }

  #grid(): GridSessions {
    const { gradient } = this.#sessions;
    if (gradient.kind === 'grid') return gradient;
    throw new TypeError('these graphs score one ε in each pass: none takes several');
  }
}
