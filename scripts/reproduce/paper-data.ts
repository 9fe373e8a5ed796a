/** A manifest of the paper's experiments, or a folder of some, and the downloads that it is listed from. */
export interface PaperManifest {
  /** As the experiments name it. */
  readonly output: string;
  /** The layout, as `grodin manifest` has it. */
  readonly layout: string;
  /** What the download is called in the folder of data: lists of names that belong together, the first that is all there is taken. */
  readonly sources: readonly (readonly string[])[];
  /** A further folder that it takes, by the option that names it. */
  readonly kit?: { readonly option: string; readonly name: string };
  readonly options?: readonly string[];
}

/** Where each manifest comes from, by the names that the sets are downloaded by, unpacked or not. */
export const paperManifests: readonly PaperManifest[] = [
  {
    output: 'imagenet-1k.csv',
    layout: 'imagenet-val',
    sources: [['ILSVRC2012_img_val.tar'], ['ILSVRC2012_img_val']],
    kit: { option: '--devkit', name: 'ILSVRC2012_devkit_t12' },
  },
  { output: 'imagenet-o.csv', layout: 'imagenet-o', sources: [['imagenet-o.tar'], ['imagenet-o']] },
  { output: 'imagenet-r.csv', layout: 'imagenet-r', sources: [['imagenet-r.tar'], ['imagenet-r']] },
  { output: 'imagenet-a.csv', layout: 'imagenet-a', sources: [['imagenet-a.tar'], ['imagenet-a']] },
  {
    output: 'imagenet-c',
    layout: 'imagenet-c',
    // The paper's own experiment needs glass blur alone.
    sources: [
      ['blur.tar', 'digital.tar', 'extra.tar', 'noise.tar', 'weather.tar'],
      ['imagenet-c'],
      ['blur.tar'],
    ],
  },
  { output: 'cifar-10.csv', layout: 'cifar', sources: [['cifar-10-batches-bin']] },
  {
    output: 'tiny-imagenet.csv',
    layout: 'tiny-imagenet',
    sources: [['tiny-imagenet-200']],
    options: ['--no-labels'],
  },
];
