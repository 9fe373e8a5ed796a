import { titleOf } from '../../../stages/ensembles/title-of.js';
import { failedImages } from '../../inputs/errors-table.js';
import { verdictFinder } from '../../reduction/results.js';
import { fractionText, intervalOrNone, noFigure, percent } from '../../tables/figure-text.js';
import { shownName } from '../../tables/table.js';
import { type Html, html } from '../html.js';
import { nameList } from '../name-list.js';
import { mainRows, type ReportData } from '../report-data.js';

/** What was run on what, what was left out, and the best detector of each set. */
export function summary(data: ReportData): Html {
  const { results, experiment } = data;
  if (results === null) return cards(data);
  const rows = mainRows(results.metrics);
  const aurocs = rows.filter(({ metric }) => metric === 'auroc');
  const best = new Map<string, (typeof aurocs)[number]>();
  for (const row of aurocs) {
    const key = JSON.stringify([row.model, row.outlier]);
    if (row.value > (best.get(key)?.value ?? Number.NEGATIVE_INFINITY)) best.set(key, row);
  }
  const verdictOf = verdictFinder({ comparisons: results.analyses.comparisons });
  const lines = [...best.values()].map((row) => {
    const others = aurocs
      .filter(({ model, outlier }) => model === row.model && outlier === row.outlier)
      .sort((a, b) => b.value - a.value);
    const withVerdict = (verdict: 'level' | 'untested') =>
      others.filter(({ detector }) => verdictOf(row, detector) === verdict);
    const fpr = rows.find(
      ({ model, outlier, detector, metric }) =>
        metric === 'fpr95' && model === row.model && outlier === row.outlier && detector === row.detector,
    );
    return html`<tr><th scope="row">${shownName(row.model)}</th><th scope="row">${shownName(row.outlier)}</th><td class="names">${nameList([titleOf(row.detector)])}</td><td class="names">${besideText(withVerdict('level'), withVerdict('untested'))}</td><td class="n" data-v="${row.value}"><b class="best">${fractionText(row.value)}</b></td><td class="n">${intervalOrNone(row.low, row.high)}</td><td class="n" data-v="${fpr?.value ?? ''}">${percent(fpr?.value ?? null)}</td><td class="n" data-v="${row.inDomainImages}">${row.inDomainImages}</td><td class="n" data-v="${row.outlierImages}">${row.outlierImages}</td></tr>`;
  });
  const hasUntested = [...best.values()].some((row) =>
    aurocs.some(
      ({ model, outlier, detector }) =>
        model === row.model && outlier === row.outlier && verdictOf(row, detector) === 'untested',
    ),
  );
  const hasNoInterval = [...best.values()].some(({ low, high }) => low === high);
  const heads = [
    'Model',
    'Outlier set',
    'Best detector',
    'Level with it',
    'ROC-AUC',
    '95 % interval',
    'FPR95, %',
    'In-domain',
    'Outliers',
  ];
  return html`${cards(data)}
<p>The detector with the largest ROC-AUC on the test images of each set, at the perturbation size and temperature that were chosen for it on validation images. ${experiment.inDomain.name} is in-domain. Level with it: what the paired test can’t tell from the best (adjusted p above 0.05)${
    hasUntested &&
    ', and what was not tested, as the images don’t tell how it and the best differ from image to image'
  }. ${hasNoInterval && 'A ROC-AUC of which all resamples are alike, as of one of 0 or 1, has no such interval. '} FPR95: in-domain images rejected where 95 % of the outliers are.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Best detectors"><table class="sortable"><caption>Best detector of each set</caption><thead><tr>${heads.map(
    (head, at) =>
      html`<th scope="col"${at > 3 && html` class="n"`}><button type="button">${head}</button></th>`,
  )}</tr></thead><tbody>${lines}</tbody></table></div>`;
}

/** Detectors that are named as level with the best; of the others the number. */
const mostNamed = 4;

type Detectors = readonly { readonly detector: string }[];

/** What is not told from the best, and what could not be tested, which says nothing; each the best first. */
function besideText(level: Detectors, untested: Detectors): Html | string {
  const notTested = untested.length > 0 && html`<span>not tested:</span> ${named(untested)}`;
  if (level.length === 0) return notTested || noFigure;
  return html`${named(level)}${notTested && html`; ${notTested}`}`;
}

function named(detectors: Detectors): Html {
  const titles = detectors.slice(0, mostNamed).map(({ detector }) => titleOf(detector));
  const more = detectors.length - titles.length;
  return nameList(titles, more === 0 ? '' : ` and ${more} more`);
}

function cards({ experiment, sets, results }: ReportData): Html {
  const { models, ensembles = [], detectors, grid } = experiment;
  const outliers = sets.filter(({ role }) => role === 'outlier').length;
  const images = results?.accuracy.filter(({ model }) => model === models[0]?.name) ?? [];
  const tested = images.reduce((sum, row) => sum + row.images, 0);
  const facts: (readonly [string, string, string])[] = [
    [
      'Models',
      String(models.length),
      ensembles.length === 0
        ? ''
        : ensembles.length === 1
          ? 'and an ensemble'
          : `and ${ensembles.length} ensembles`,
    ],
    ['Outlier sets', String(outliers), `beside ${shownName(experiment.inDomain.name)}, in-domain`],
    ['Detectors', String(detectors.length), detectors.map(titleOf).join(', ')],
    ['Grid', `${grid.epsilon.length} × ${grid.temperature.length}`, 'perturbation sizes × temperatures'],
  ];
  if (results !== null) {
    facts.push(
      ['Test images', tested.toLocaleString('en'), 'usable ones, of all sets'],
      ['Left out', String(failedImages(results.errors)), 'images that could not be used'],
    );
  }
  return html`<dl class="cards">${facts.map(
    ([name, value, more]) =>
      html`<div><dt>${name}</dt><dd>${value}${more !== '' && html`<small>${nameList([more])}</small>`}</dd></div>`,
  )}</dl>`;
}
