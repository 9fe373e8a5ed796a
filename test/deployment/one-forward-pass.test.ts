import test from 'ava';
import { compileDetector } from '../../stages/deployment/compile-detector.js';
import { detectorNamed, gradientDetectors } from '../../stages/detectors/index.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileScoring } from '../../stages/scoring/compile-passes.js';
import { readNetwork } from '../scoring/golden-network.js';

const convolutions = ({ graph }: Model): number => graph.nodes.filter(({ type }) => type === 'Conv').length;

for (const name of gradientDetectors)
  test(`at ε = 0 the class that a file of ${name} predicts is that of the pass which is scored`, (t) => {
    const model = readNetwork('residual');
    const cell = { temperature: 1, steps: [0, 0, 0], threshold: 1 };
    const detector = compileDetector(model, { detector: detectorNamed(name), ...cell });
    const scoring = compileScoring(model);
    t.is(convolutions(detector), convolutions(scoring));
    const bytes = ({ graph }: Model): number =>
      [...graph.initializers.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    t.true(bytes(detector) < bytes(scoring) + 1000);
  });
