import { attributeMutations } from './attributes.js';
import { fieldMutations } from './fields.js';
import { functionMutations } from './functions.js';
import type { ModelMutation } from './mutation.js';
import { nodeMutations } from './nodes.js';
import { tensorMutations } from './tensors.js';

/** Every way to change a model that is still a message afterwards; each is as likely. */
export const mutations: readonly ModelMutation[] = [
  ...fieldMutations,
  ...nodeMutations,
  ...attributeMutations,
  ...tensorMutations,
  ...functionMutations,
];
