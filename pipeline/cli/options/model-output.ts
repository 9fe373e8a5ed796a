import { Option } from 'commander';

/** `--model-output NAME`: which of a model's outputs is scored. */
export function modelOutputOption(): Option {
  return new Option(
    '--model-output <name>',
    "the model's output that is scored: logits, or a closing Softmax (default: the only one that can be logits)",
  );
}
