import { type Deviation, torchDeviation } from './deviation.js';
import { comparedScores, type Family } from './family.js';

/** What became of one exported file. */
export interface Outcome {
  readonly variant: string;
  readonly nodes: number;
  readonly parameters: number | null;
  readonly deviation: Deviation | null;
  /** The largest deviation where the compiled graph is run in float64, without perturbation and with it. */
  readonly exact: readonly [number, number] | null;
  /** Why it was not compiled, or not exported. */
  readonly refused: string | null;
}

export interface Compared {
  readonly family: Family;
  readonly outcomes: readonly Outcome[];
}

/** docs/model-families.md */
export function familiesPage(families: readonly Compared[]): string {
  const [first] = families;
  const files = families.flatMap(({ outcomes }) =>
    outcomes.filter(({ refused }) => !refused?.startsWith('not exported')),
  );
  const compiled = files.filter(({ refused }) => refused === null);
  const refusals = families.flatMap(({ family, outcomes }) =>
    outcomes.flatMap(({ variant, refused }) =>
      refused === null ? [] : [`- ${family.family}, ${variant}: ${refused.replaceAll('|', '\\|')}`],
    ),
  );
  return `# Families of classifiers

What compiled scorers of torchvision's families give beside PyTorch in float64, in many variants of export. Made by

\`\`\`sh
/usr/bin/python3 scripts/families/export.py FOLDER
node dist/scripts/families/compare.js FOLDER --compile
/usr/bin/python3 scripts/families/exact.py FOLDER
node dist/scripts/families/compare.js FOLDER --out docs/model-families.md
\`\`\`

with PyTorch ${first?.family.torch}, torchvision ${first?.family.torchvision}: members of ten classes with random weights, BatchNorm calibrated by a pass
over noise, a head N(0, 0.1). ${compiled.length} of ${files.length} files compile. Errors are the largest over two images and T ∈ {1, 10, 1000}, without
perturbation / with ε = 0.002; PyTorch's own float32 is in the line above each family. Perturbed images differ in the last
digits of a gradient close to zero, whose sign then decides, in PyTorch as here.

Where BatchNorm is kept and constants are not folded, parameters are the module's, and \`=\` says so. Where they are folded,
weights hold the normalisations and tables are as long as they are stored: there norms are held to those of the file's own
tensors, by autograd over the file in float64 (\`scripts/golden/interpreter.py\`).

The last column has the same graphs run in float64, the largest error of any score: what is left of float32 there are constants
of the graphs, such as √½ or means of the input's channels, and folded weights, which the exporter has rounded: where that turns the sign
of a pixel's gradient, a deep network without residual branches amplifies it (Inception v3).

| family, variant | nodes | parameters | log-odds | log S | log SG | log G | in float64 |
| --- | --: | --: | --: | --: | --: | --: | --: |
${families.flatMap(rowsOf).join('\n')}
${refusals.length === 0 ? '' : `\n## Not compiled, or not exported\n\n${refusals.join('\n')}\n`}`;
}

function rowsOf({ family, outcomes }: Compared): string[] {
  const share = family.rows[0]?.double.beforeHead ?? 0;
  const head = `**${family.family}**, ${family.size}×${family.size}, ${(100 * share).toFixed(1)} % of the norm before the head; PyTorch float32`;
  return [
    row(head, '', String(family.parameters), torchDeviation(family), null),
    ...outcomes.flatMap(({ variant, nodes, parameters, deviation, exact }) =>
      deviation === null
        ? []
        : [
            row(
              variant,
              String(nodes),
              parameters === family.parameters ? '=' : String(parameters),
              deviation,
              exact,
            ),
          ],
    ),
  ];
}

export function row(
  what: string,
  nodes: string,
  parameters: string,
  { still, perturbed }: Deviation,
  exact: Outcome['exact'],
): string {
  const both = (one: number, other: number) => `${one.toExponential(1)} / ${other.toExponential(1)}`;
  const cells = comparedScores.map((score) => both(still[score], perturbed[score]));
  return `| ${[what, nodes, parameters, ...cells, exact === null ? '' : both(...exact)].join(' | ')} |`;
}
