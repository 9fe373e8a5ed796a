import { number, orNull, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';

/** Rows of `layers.arrow`. */
export const layerRows = rowType({
  file: 'layers.arrow',
  version: 1,
  columns: {
    model: text,
    outlier: text,
    /** In the order of the network, from 1. */
    place: whole,
    /** A parameter of θ, by its name. */
    layer: text,
    /** The cell that was chosen for G. */
    epsilon: number,
    temperature: number,
    inDomainImages: whole,
    /** Quartiles of the layer's part of log G; null where a gradient of zero is met, whose logarithm is −∞. */
    inDomainLower: orNull(number),
    inDomainMedian: orNull(number),
    inDomainUpper: orNull(number),
    outlierImages: whole,
    outlierLower: orNull(number),
    outlierMedian: orNull(number),
    outlierUpper: orNull(number),
    /** Of the layer's part of G alone, larger for outliers. */
    auroc: number,
    /** By DeLong, or where rows share photographs Obuchowski; null where nothing tells how it varies. */
    standardError: orNull(number),
    /** 95 % interval by that on the logit scale; null likewise, and where ROC-AUC is 0 or 1. */
    logitLow: orNull(number),
    logitHigh: orNull(number),
  },
});

/** What one layer says of one outlier set. */
export type LayerRow = RowIn<typeof layerRows>;
