/**
 * The machine, not the image, is at fault: too many open files, a device that doesn't answer, no memory. What was being
 * done fails and may be tried again later; nothing of it is recorded as a property of the image.
 */
export class SystemFault extends Error {
  override readonly name = 'SystemFault';
  /** @param code the system's error code, for example `EMFILE` */
  constructor(
    readonly path: string,
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
