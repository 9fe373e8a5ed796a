/** Of every channel of the images, as reference.py has them. */
export const mean = 0.5;
export const deviation = 0.25;
