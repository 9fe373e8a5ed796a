/*
 * What ONNX Runtime's CUDA provider asks of cuDNN, without a GPU: every convolution has one plan, which needs no workspace
 * and does nothing but count as a kernel. The numbers of attributes are those of cuDNN 9's backend API.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void stand_in_kernel(int kind);

enum { HEURISTIC_RESULTS = 202, CONFIGURATION_ENGINE = 300, SHARED_MEMORY = 304, ENGINE_INDEX = 1301 };
enum { INT64 = 3, INT32 = 23 };

size_t cudnnGetVersion(void) { return 91200; }
size_t cudnnGetCudartVersion(void) { return 13000; }
const char *cudnnGetErrorString(int error) { return "stand-in for cuDNN"; }
void cudnnGetLastErrorString(char *text, size_t size) {
  if (size) text[0] = 0;
}

int cudnnBackendCreateDescriptor(int type, void **descriptor) { return (*descriptor = calloc(1, 64)) ? 0 : 1; }
int cudnnBackendDestroyDescriptor(void *descriptor) { return free(descriptor), 0; }
int cudnnBackendExecute(void *handle, void *plan, void *values) { return stand_in_kernel(2), 0; }

int cudnnBackendGetAttribute(void *descriptor, int name, int type, int64_t wanted, int64_t *count, void *values) {
  if (values && wanted > 0 && type == INT64) *(int64_t *)values = 0;
  if (values && wanted > 0 && type == INT32) *(int32_t *)values = 0;
  if (count)
    *count = name == HEURISTIC_RESULTS || name == CONFIGURATION_ENGINE || name == SHARED_MEMORY || name == ENGINE_INDEX;
  return 0;
}

int cudnnConvolutionForward(void *handle, ...) { return stand_in_kernel(2), 0; }
int cudnnConvolutionBiasActivationForward(void *handle, ...) { return stand_in_kernel(2), 0; }
int cudnnPoolingForward(void *handle, ...) { return stand_in_kernel(0), 0; }
int cudnnReduceTensor(void *handle, ...) { return stand_in_kernel(0), 0; }
