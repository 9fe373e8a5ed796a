/** Scores of one image in one cell, by PyTorch. */
interface TorchScores {
  readonly predicted: number;
  readonly logOdds: number;
  readonly logS: number;
  readonly logSG: number;
  readonly logG: number;
  /** Share of the squared norm that parameters before the last layer have. */
  readonly beforeHead: number;
}

/** One exported file. */
export interface FamilyFile {
  readonly file: string;
  readonly nodes: number;
  /** Norms of what the file stores, of each row, where it may store other parameters than the module has. */
  readonly stored?: readonly Readonly<Pick<TorchScores, 'logSG' | 'logG'>>[];
  /** How many elements those have. */
  readonly storedParameters?: number;
}

/** What `export.py` has written of one family. */
export interface Family {
  readonly family: string;
  /** Height and width of the images. */
  readonly size: number;
  readonly torch: string;
  readonly torchvision?: string;
  readonly timm?: string;
  /** `sum(p.numel())` of the module. */
  readonly parameters: number;
  readonly files: Readonly<Record<string, FamilyFile>>;
  /** Variants that PyTorch could not export, and why. */
  readonly refused: Readonly<Record<string, string>>;
  /** [images, 3, size, size], row-major. */
  readonly images: readonly number[];
  readonly rows: readonly {
    readonly temperature: number;
    readonly epsilon: number;
    readonly image: number;
    readonly double: TorchScores;
    readonly single: TorchScores;
  }[];
}

/** The scores that are compared. */
export const comparedScores = ['logOdds', 'logS', 'logSG', 'logG'] as const;
export type ComparedScore = (typeof comparedScores)[number];
