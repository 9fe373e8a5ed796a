import { followsTheReference } from './reference.js';

followsTheReference('pad');
