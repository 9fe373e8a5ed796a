/** What stands for characters that LaTeX reads as commands, or that its usual fonts don't have. */
const replacements: Readonly<Record<string, string>> = {
  // Put between two characters that must not become one.
  '\0': '{}',
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  // At the start of a line these would belong to the \\ of the line before.
  '[': '{[}',
  ']': '{]}',
  '*': '{*}',
  '±': '$\\pm$',
  '−': '$-$',
  '×': '$\\times$',
  '·': '$\\cdot$',
  '√': '$\\surd$',
  '½': '$\\frac{1}{2}$',
  '²': '$^2$',
  '∞': '$\\infty$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  α: '$\\alpha$',
  δ: '$\\delta$',
  ε: '$\\varepsilon$',
  λ: '$\\lambda$',
  μ: '$\\mu$',
  σ: '$\\sigma$',
  χ: '$\\chi$',
  '†': '\\dag{}',
  '‡': '\\ddag{}',
  '–': '--',
  '—': '---',
  '“': '``',
  '”': "''",
  '’': "'",
  '…': '\\ldots{}',
};

/** What would become another character with the one behind it: our dashes and quotes are not made of them. */
const ligature = /-(?=-)|'(?=')|`(?=`)|,(?=,)|[?!](?=`)/g;

/**
 * A text as LaTeX shows it, character for character. Letters of other scripts are left as they are: LuaLaTeX and XeLaTeX have them
 * where the document's font does.
 */
export function latexText(text: string): string {
  const apart = Array.from(text.replaceAll(ligature, '$&\0'));
  return apart.map((character) => replacements[character] ?? character).join('');
}
