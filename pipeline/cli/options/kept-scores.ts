import { Option } from 'commander';

/** `--retry-errors`: images that could not be used are tried again. */
export function retryErrorsOption(): Option {
  return new Option(
    '--retry-errors',
    'try the images again that could not be used; all other scores are kept',
  );
}

/** `--rescore`: scores made from what has changed since are replaced, which is refused without it. */
export function rescoreOption(): Option {
  return new Option(
    '--rescore',
    'if models, manifests or settings have changed, replace the scores that were made with the old ones',
  );
}

/** `--trust-images`: scores are kept without a look at whether their images have changed. */
export function trustImagesOption(): Option {
  return new Option('--trust-images', "don't check whether image files have changed since they were scored");
}
