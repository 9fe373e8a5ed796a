import { SingleBar } from 'cli-progress';
import { imageCount } from '../inputs/image-count.js';
import type { Progress } from '../pool/pool-messages.js';

/** Shows how far a run has come. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  note(text: string): void;
  end(): void;
}

const SECONDS_BETWEEN_LINES = 5;

/** A bar on a terminal, plain lines every few seconds otherwise. */
export function progressDisplay(stream: NodeJS.WriteStream, write: (text: string) => void): ProgressDisplay {
  return stream.isTTY ? progressBar(stream, write) : progressLines(write);
}

function progressBar(stream: NodeJS.WriteStream, write: (text: string) => void): ProgressDisplay {
  const bar = new SingleBar({
    stream,
    format: '{what} {bar} {percentage}% {counts}{eta_text}',
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    barsize: 30,
  });
  const eta = new RemainingTime();
  let started = false;
  return {
    show(progress) {
      const seconds = eta.after(progress);
      const payload = {
        what: title(progress),
        counts: counts(progress),
        eta_text: seconds === null ? '' : `, about ${duration(seconds)} left`,
      };
      const total = Math.max(progress.workTotal, Number.EPSILON);
      if (!started) bar.start(total, progress.workDone, payload);
      started = true;
      bar.setTotal(total);
      bar.update(progress.workDone, payload);
    },
    note(text) {
      if (started) bar.stop();
      started = false;
      write(`${text}\n`);
    },
    end() {
      if (started) bar.stop();
    },
  };
}

function progressLines(write: (text: string) => void): ProgressDisplay {
  const eta = new RemainingTime();
  let last = Number.NEGATIVE_INFINITY;
  let lastTitle = '';
  return {
    show(progress) {
      const seconds = eta.after(progress);
      const now = performance.now() / 1000;
      const ends = progress.total > 0 && progress.done === progress.total;
      const fresh = title(progress) !== lastTitle;
      if (!fresh && !ends && now - last < SECONDS_BETWEEN_LINES) return;
      last = now;
      lastTitle = title(progress);
      const left = seconds === null || ends ? '' : `, about ${duration(seconds)} left`;
      write(`${[title(progress), counts(progress)].filter((part) => part !== '').join(': ')}${left}\n`);
    },
    note: (text) => write(`${text}\n`),
    end: () => {},
  };
}

/** Remaining time by nominal work, from the pace of this process alone. */
class RemainingTime {
  #stage = '';
  #since = 0;
  #from = 0;

  /** @returns seconds, or null where nothing is known yet */
  after(progress: Progress): number | null {
    const now = performance.now() / 1000;
    if (this.#stage !== title(progress)) {
      this.#stage = title(progress);
      this.#since = now;
      this.#from = progress.workDone;
    }
    const done = progress.workDone - this.#from;
    if (done <= 0) return null;
    return ((now - this.#since) * (progress.workTotal - progress.workDone)) / done;
  }
}

function title({ stage, wave }: Progress): string {
  switch (stage) {
    case 'planning':
      return `wave ${wave}: looking at what is planned and finished`;
    case 'scoring':
      return `wave ${wave} (${wave === 1 ? 'validation' : 'test'} images)`;
    case 'selecting':
      return 'choosing epsilon and temperature';
    case 'reducing':
      return 'computing metrics and tables';
  }
}

function counts({ done, total, failedImages }: Progress): string {
  const bad = failedImages === 0 ? '' : `, ${imageCount(failedImages)} could not be used`;
  return total === 0 ? bad.replace(', ', '') : `${done}/${total} shards${bad}`;
}

/** For example `2 h 05 min`, `3 min`, `40 s`. */
export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
