import { z } from 'zod';

/** What the child is given, as JSON. */
export const memoryTask = z.object({
  pass: z.object({
    kind: z.enum(['plain', 'perturbation', 'scoring', 'training']),
    file: z.string(),
    inputs: z.array(
      z.object({
        name: z.string(),
        dims: z.array(z.number()),
        fill: z.enum(['pixels', 'signs', 'ones', 'steps']),
      }),
    ),
  }),
  threads: z.number(),
});

/** What the child answers: bytes that are resident when the graph is open, and at most while it runs. */
export const memoryAnswer = z.object({ opened: z.number(), peak: z.number() });
