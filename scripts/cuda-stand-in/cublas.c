/* What ONNX Runtime's CUDA provider asks of cuBLAS, without a GPU: products do nothing but count as a kernel. */
#include <stdlib.h>

void stand_in_kernel(int kind);

static int product(void) { return stand_in_kernel(1), 0; }

int cublasCreate_v2(void **handle) { return (*handle = calloc(1, 64)) ? 0 : 3; }
int cublasDestroy_v2(void *handle) { return free(handle), 0; }
int cublasGetMathMode(void *handle, int *mode) { return *mode = *(int *)handle, 0; }
int cublasSetMathMode(void *handle, int mode) { return *(int *)handle = mode, 0; }
const char *cublasGetStatusName(int status) { return "stand-in for cuBLAS"; }
const char *cublasGetStatusString(int status) { return "stand-in for cuBLAS"; }

int cublasSgemm_v2(void *handle, ...) { return product(); }
int cublasDgemm_v2(void *handle, ...) { return product(); }
int cublasGemmEx(void *handle, ...) { return product(); }
int cublasSgemmBatched(void *handle, ...) { return product(); }
int cublasDgemmBatched(void *handle, ...) { return product(); }
int cublasGemmBatchedEx(void *handle, ...) { return product(); }
int cublasSgemmStridedBatched(void *handle, ...) { return product(); }
int cublasDgemmStridedBatched(void *handle, ...) { return product(); }
int cublasGemmStridedBatchedEx(void *handle, ...) { return product(); }
