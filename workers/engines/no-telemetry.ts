/**
 * Importing this module, before ONNX Runtime, keeps it from reporting to its makers: since 1.30 its builds for Linux and
 * macOS send what they run to mobile.events.data.microsoft.com, keep a database in the user's cache folder and leave an
 * empty file per process in /tmp, unless this variable is set before a process opens its first session. Worker threads
 * inherit a copy that native code doesn't see, so every entry point imports it. Who wants to report sets it to 0.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
