import { followsTheReference } from './reference.js';

followsTheReference('clip');
