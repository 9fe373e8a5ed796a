/**
 * `grodin` for a launcher: stops as by SIGTERM when the launcher is gone, even by SIGKILL, so that nothing stays
 * behind that nobody watches over. The system closes the channel between the two, whatever became of it.
 */
if (process.connected) {
  process.once('disconnect', stop);
  // The channel does not keep this process alive.
  process.channel?.unref();
} else {
  stop();
}
await import('../../pipeline/cli/main.js');

function stop(): void {
  process.kill(process.pid, 'SIGTERM');
}
