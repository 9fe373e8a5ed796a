/* What ONNX Runtime's CUDA provider asks of cuBLASLt, without a GPU. */
#include <stdlib.h>

void stand_in_kernel(int kind);

static int handle(void **place) { return (*place = calloc(1, 64)) ? 0 : 3; }
int cublasLtCreate(void **place) { return handle(place); }
int cublasLtMatmulDescCreate(void **place, ...) { return handle(place); }
int cublasLtMatmulPreferenceCreate(void **place) { return handle(place); }
int cublasLtMatrixLayoutCreate(void **place, ...) { return handle(place); }
int cublasLtMatrixTransformDescCreate(void **place, ...) { return handle(place); }
/* No algorithm is known: what asks for one takes cuBLAS. */
int cublasLtMatmulAlgoGetHeuristic(void *lt, void *of, void *a, void *b, void *c, void *d, void *preference, int wanted,
                                   void *results, int *count) {
  return *count = 0, 0;
}
int cublasLtMatmul(void *lt, ...) { return stand_in_kernel(1), 0; }
