/** What an engine throws when its device is gone for as long as its thread lives. */
export class DeviceLostError extends Error {}
