import { followsTheReference } from './reference.js';

followsTheReference('reshape');
