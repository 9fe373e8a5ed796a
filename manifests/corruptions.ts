/** The corruptions of ImageNet-C and its kin (Hendrycks and Dietterich, 2019), by the kinds they come in. */
export const corruptionKinds: Readonly<Record<string, readonly string[]>> = {
  noise: ['gaussian_noise', 'shot_noise', 'impulse_noise'],
  blur: ['defocus_blur', 'glass_blur', 'motion_blur', 'zoom_blur'],
  weather: ['snow', 'frost', 'fog', 'brightness'],
  digital: ['contrast', 'elastic_transform', 'pixelate', 'jpeg_compression'],
  extra: ['speckle_noise', 'gaussian_blur', 'spatter', 'saturate'],
};

/** The four that the benchmark's authors keep for validation: no mean over corruptions counts them. */
export const extraCorruptions: readonly string[] = corruptionKinds.extra ?? [];

/** All of them: the fifteen of the benchmark, then the extra ones. */
export const usualCorruptions: readonly string[] = Object.values(corruptionKinds).flat();
