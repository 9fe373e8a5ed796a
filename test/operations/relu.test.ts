import { followsTheReference } from './reference.js';

followsTheReference('relu');
