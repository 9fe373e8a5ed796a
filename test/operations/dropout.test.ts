import { followsTheReference } from './reference.js';

followsTheReference('dropout');
