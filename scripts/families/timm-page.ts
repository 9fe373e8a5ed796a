import { torchDeviation } from './deviation.js';
import { type Compared, row } from './page.js';

/** docs/timm-families.md */
export function timmPage(models: readonly Compared[]): string {
  const [first] = models;
  const outcomes = models.flatMap(({ outcomes }) => outcomes);
  const compiled = outcomes.filter(({ refused }) => refused === null);
  const refusals = models.flatMap(({ family, outcomes }) =>
    outcomes.flatMap(({ refused }) =>
      refused === null ? [] : [`- ${family.family}: ${refused.replaceAll('|', '\\|')}`],
    ),
  );
  return `# timm's classifiers

What compiled scorers of a member of each of timm's families give beside PyTorch in float64. Made by

\`\`\`sh
PYTHONPATH=TIMM /usr/bin/python3 scripts/families/timm_models.py FOLDER
node dist/scripts/families/timm.js FOLDER --out docs/timm-families.md
\`\`\`

with PyTorch ${first?.family.torch}, timm ${first?.family.timm}, by the classic exporter in operation set 17 with BatchNorm kept, nothing folded and
a free batch: ten classes, random weights, BatchNorm calibrated by a pass over noise, what is initialised as 1 or 0 made
to vary, a head N(0, 0.02). ${compiled.length} of ${outcomes.length} compile. Errors are the largest over two images and T ∈ {1, 10, 1000}, without
perturbation / with ε = 0.002; below each is PyTorch's own float32. Parameters are the module's; \`=\` says that the compiled
model's are as many.

Random networks of many layers without damping amplify what float32 rounds, and a perturbation moves by the sign of a gradient
that may be close to zero: in PyTorch as here. Where an error is above 5e-4 and three times PyTorch's own, the same graph was run in float64 too: the last
column has the largest error of any score there. What is left is of constants that a graph holds in float32.

BatchNorm is computed by its formula in the reference: of one image, where the gradient arrives in another order of axes, as behind
\`flatten(2).transpose(1, 2)\`, PyTorch 1.13 gives a wrong one on processors (XCiT's log norms are off by 1e-2; finite
differences agree with the formula). GCViT repeats queries of all images behind each other, beside windows that lie image by
image: with more than one image it mixes them in PyTorch too.

| model | nodes | parameters | log-odds | log S | log SG | log G | in float64 |
| --- | --: | --: | --: | --: | --: | --: | --: |
${models.flatMap(rowsOf).join('\n')}
${refusals.length === 0 ? '' : `\n## Not compiled, or not exported\n\n${refusals.join('\n')}\n`}`;
}

function rowsOf({ family, outcomes }: Compared): string[] {
  return outcomes.flatMap(({ nodes, parameters, deviation, exact }) =>
    deviation === null
      ? []
      : [
          row(
            `**${family.family}**, ${family.size}×${family.size}`,
            String(nodes),
            parameters === family.parameters ? `${parameters} =` : `${parameters} of ${family.parameters}`,
            deviation,
            exact,
          ),
          row('PyTorch float32', '', '', torchDeviation(family), null),
        ],
  );
}
