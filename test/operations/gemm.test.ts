import { followsTheReference } from './reference.js';

followsTheReference('gemm');
