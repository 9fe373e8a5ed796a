/** How ‖A·Bᵀ‖² is computed for matrices of P columns. */
export type ProductForm = 'rank-one' | 'direct' | 'gram';

/** How the norm of a convolution's per-image weight gradient is computed. */
export type NormForm = ProductForm | 'shifted-gram';
