import { followsTheReference } from './reference.js';

followsTheReference('mul');
