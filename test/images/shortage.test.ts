import test from 'ava';
import { DecodingFault } from '../../workers/images/decode.js';
import { shortageOf, surely } from '../../workers/images/shortage.js';

const damaged = 'VipsJpeg: premature end of JPEG image';
const noThread = 'glib: Error creating thread: Resource temporarily unavailable';

/** Fails as told, once for each, and then gives its number of tries. */
function failing(...errors: readonly Error[]): { work: () => Promise<number>; tries: () => number } {
  let tries = 0;
  return {
    work: async () => {
      const error = errors[tries++];
      if (error) throw error;
      return tries;
    },
    tries: () => tries,
  };
}

test('memory and threads that the decoder could not get are told from damaged images', (t) => {
  for (const said of [
    noThread,
    `${damaged}\n${noThread}`,
    'unable to create thread',
    'Array buffer allocation failed',
  ])
    t.regex(
      shortageOf(new Error(said))?.message ?? '',
      /no fault of the image.*fewer workers.*ulimit -u/,
      said,
    );
  for (const said of [damaged, 'Unknown error']) t.is(shortageOf(new Error(said)), null, said);
});

test('an image is damaged only where it seems so again and again', async (t) => {
  const once = failing(new Error('Unknown error'), new Error(damaged));
  t.is(await surely(once.work), 3);
  const always = failing(...new Array<Error>(9).fill(new Error(damaged)));
  await t.throwsAsync(surely(always.work), { message: damaged });
  t.is(always.tries(), 3);
});

test('what is sure is not tried again', async (t) => {
  for (const error of [new DecodingFault('its samples are of type float'), new Error(noThread)]) {
    const work = failing(error);
    t.is(await t.throwsAsync(surely(work.work)), error);
    t.is(work.tries(), 1);
  }
  const late = failing(new Error(damaged), new Error(noThread));
  await t.throwsAsync(surely(late.work), { message: noThread });
  t.is(late.tries(), 2);
});
