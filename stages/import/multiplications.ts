/**
 * What composite operations are written with where a product says more than `Mul` of what its constants are: types of nodes
 * that no file has, with rules of their own.
 */

/** Normalised values times the weights of the normalisation, the second input. */
export const scaleOfNormalization = 'Mul (scale of a normalisation)';

/** Numbers of heads times the cosines or sines of a table, the second input. */
export const turnOfRotation = 'Mul (table of a rotation)';

/** What lies around the places of a fixed grid times what it weighs there, the second input. */
export const weightOfSampling = 'Mul (weights of a fixed sampling)';
