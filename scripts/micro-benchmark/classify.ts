import '../../workers/engines/no-telemetry.js';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { imageSide } from '../../manifests/micro-benchmark/canvas.js';
import type { ByteImage } from '../../manifests/micro-benchmark/image.js';

/** What a network says of one image. */
export interface Classification {
  readonly predicted: number;
  /** log p/(1 − p) of the predicted class: ranks as the maximum softmax probability does, without ties. */
  readonly logOdds: number;
}

// As the `cifar10` preprocessing and train.py.
const mean = [0.4914, 0.4822, 0.4465];
export const std = [0.247, 0.2435, 0.2616];
const area = imageSide * imageSide;

/** @param session a network of the benchmark: `image` [N, 3, 32, 32] → `logits` [N, classes] */
export async function classify(
  session: InferenceSession,
  images: readonly ByteImage[],
): Promise<Classification[]> {
  const { logits } = await session.run({ image: imageTensor(images) });
  if (logits === undefined || !(logits.data instanceof Float32Array))
    throw new Error('the network gave no logits');
  const classes = logits.data.length / images.length;
  const data = logits.data;
  return images.map((_, n) => verdict(Array.from(data.subarray(n * classes, (n + 1) * classes))));
}

/** Images as the networks take them, [N, 3, 32, 32]. */
export function imageTensor(images: readonly ByteImage[]): Tensor {
  const input = new Float32Array(images.length * 3 * area);
  for (const [n, image] of images.entries()) {
    for (let i = 0; i < image.length; i++) {
      const channel = i % 3;
      const value = ((image[i] ?? 0) / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1);
      input[(n * 3 + channel) * area + Math.floor(i / 3)] = value;
    }
  }
  return new Tensor('float32', input, [images.length, 3, imageSide, imageSide]);
}

function verdict(logits: readonly number[]): Classification {
  const top = Math.max(...logits);
  const predicted = logits.indexOf(top);
  const others = logits.reduce((sum, logit, i) => (i === predicted ? sum : sum + Math.exp(logit - top)), 0);
  return { predicted, logOdds: -Math.log(others) };
}
