import test from 'ava';
import { describeShortage } from '../../workers/allocation-failure.js';
import { engineWords } from '../../workers/engines/engine-words.js';

// As ONNX Runtime 1.29 says them.
const signature =
  '/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154 std::conditional_t<THRW, void, Status> onnxruntime::CudaCall(ERRTYPE, const char*, int) [with ERRTYPE = cudaError]';
const outOfMemory = `Non-zero status code returned while running Gemm node. Name:'Gemm_30' Status Message: ${signature} CUDA failure 2: out of memory ; GPU=0 ; hostname=vm ; file=cuda_utils.cu ; line=53 ; expr=cudaMalloc(&buffer_, size); \n\n`;
const arena =
  'Exception during initialization: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:359 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 36864\n';

test('what an engine says is one line, without the places of its source code', (t) => {
  t.is(engineWords(new Error(outOfMemory)), 'CUDA failure 2: out of memory, in the node Gemm_30');
  t.is(engineWords(new Error(arena)), 'Failed to allocate memory for requested buffer of size 36864');
  t.is(
    engineWords('x.cc:1 CUDNN failure 4000: CUDNN_STATUS_INTERNAL_ERROR ; GPU=0'),
    'CUDNN failure 4000: CUDNN_STATUS_INTERNAL_ERROR',
  );
  t.is(engineWords(new Error('invalid\n  dimensions\n')), 'invalid dimensions');
});

test('a lack of memory that nobody makes good is told as one', (t) => {
  t.regex(
    describeShortage(new Error(arena))?.message ?? '',
    /^there is not enough memory \(Failed to allocate memory for requested buffer of size 36864\); free some [^\n]+$/,
  );
  t.is(describeShortage(new Error('invalid dimensions')), null);
});
