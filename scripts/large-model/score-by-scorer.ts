/** Scores images with a compiled scorer, one at a time: `score-by-scorer.js SCORER TEMPERATURE EPSILON IMAGE…`. */
import '../../workers/engines/no-telemetry.js';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { outputNamed } from '../../workers/engines/engine.js';
import { deviation, mean } from './normalisation.js';

const [scorer = '', temperature, epsilon, ...images] = process.argv.slice(2);
const started = performance.now();
const session = await InferenceSession.create(scorer);
const openSeconds = (performance.now() - started) / 1000;
const results = [];
for (const image of images) {
  const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const size = info.width * info.height;
  // From [H, W, 3] to [3, H, W].
  const pixels = Float32Array.from(data, (_, at) => {
    const byte = data[(at % size) * 3 + Math.floor(at / size)] ?? 0;
    return (byte / 255 - mean) / deviation;
  });
  const before = performance.now();
  const outputs = await session.run({
    image: new Tensor('float32', pixels, [1, 3, info.height, info.width]),
    temperature: new Tensor('float32', [Number(temperature)], [1]),
    epsilon: new Tensor('float32', new Float32Array(3).fill(Number(epsilon) / deviation), [3]),
  });
  const seconds = (performance.now() - before) / 1000;
  const score = (name: string): number => Number(outputNamed(outputs, name).data[0]);
  results.push({
    seconds,
    predicted: score('predicted'),
    log_odds: score('log_odds'),
    log_sg: score('log_sg'),
    log_g: score('log_g'),
  });
}
await session.release();
console.log(JSON.stringify({ openSeconds, results }));
