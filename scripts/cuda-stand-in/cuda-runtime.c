/*
 * What ONNX Runtime's CUDA provider asks of CUDA's runtime library, without a GPU: memory that is counted but never
 * touched, kernels that do nothing, and streams that take as long as they are told. Everything else succeeds and does
 * nothing (see build.ts). Settings, all of the environment:
 *
 *   STAND_IN_GPUS        how many GPUs there are (default 1)
 *   STAND_IN_MIB         memory of each, in MiB (default 81559, an H100's)
 *   STAND_IN_KERNEL_US   how long each kernel takes its stream, in microseconds (default 0)
 *   STAND_IN_VALUES      "random": what comes back to the host is numbers in [0.5, 1.5); default: zeros
 *   STAND_IN_LOG         a folder where each process keeps a file, PID.jsonl, with a line for each GPU that it used: the most
 *                        memory in use at once, in bytes, how many kernels, copies and waits there were, and how long kernels
 *                        took it of the time from the first to the last
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, INVALID_DEVICE = 101 };
enum { MOST_GPUS = 64, MOST_BLOCKS = 1 << 16 };

struct gpu {
  size_t used, peak;
  uint64_t kernels, copies, copied_in, copied_out, waits, products, convolutions;
  /* When all that was asked of it is done, and when the first kernel came, in nanoseconds of the monotonic clock. */
  uint64_t busy_until, began;
  /* How long kernels took it, in nanoseconds. */
  uint64_t busy;
};

struct block {
  void *at;
  size_t size;
  int gpu;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct gpu gpus[MOST_GPUS];
static struct block blocks[MOST_BLOCKS];
/* How many of the places above were ever taken. */
static int block_count;
static __thread int current;

static double number_of(const char *name, double otherwise) {
  const char *text = getenv(name);
  return text && *text ? atof(text) : otherwise;
}

static int gpu_count(void) { return (int)number_of("STAND_IN_GPUS", 1); }
static size_t memory_of_each(void) { return (size_t)number_of("STAND_IN_MIB", 81559) << 20; }

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/*
 * Writes what was counted, a line for each GPU that was used, over what was written before: processes are killed, too.
 * The caller holds the lock.
 */
static void write_log(void) {
  const char *folder = getenv("STAND_IN_LOG");
  if (!folder || !*folder) return;
  char file[4096], text[MOST_GPUS * 384];
  int size = 0;
  snprintf(file, sizeof file, "%s/%d.jsonl", folder, getpid());
  for (int gpu = 0; gpu < gpu_count() && gpu < MOST_GPUS; gpu++) {
    struct gpu *of = &gpus[gpu];
    if (of->peak == 0) continue;
    size += snprintf(text + size, sizeof text - size,
                     "{\"gpu\":%d,\"peakBytes\":%zu,\"kernels\":%lu,\"products\":%lu,\"convolutions\":%lu,"
                     "\"copies\":%lu,\"bytesIn\":%lu,\"bytesOut\":%lu,\"waits\":%lu,\"busySeconds\":%.3f,\"seconds\":%.3f}\n",
                     gpu, of->peak, of->kernels, of->products, of->convolutions, of->copies, of->copied_in,
                     of->copied_out, of->waits, (double)of->busy / 1e9,
                     of->began == 0 ? 0.0 : (double)(of->busy_until - of->began) / 1e9);
  }
  FILE *log = fopen(file, "w");
  if (!log) return;
  fwrite(text, 1, (size_t)size, log);
  fclose(log);
}

/* Ten times a second where the GPU is waited for, which comes after every pass. */
static void write_log_sometimes(void) {
  static uint64_t next;
  uint64_t time = now();
  if (time < next) return;
  next = time + 100000000u;
  write_log();
}

__attribute__((destructor)) static void write_log_at_end(void) { write_log(); }

static void take(uint64_t nanoseconds) {
  struct gpu *of = &gpus[current];
  uint64_t time = now();
  if (of->began == 0) of->began = time;
  if (of->busy_until < time) of->busy_until = time;
  of->busy_until += nanoseconds;
  of->busy += nanoseconds;
}

/* One more kernel of the current GPU: of the libraries too, which call this. */
void stand_in_kernel(int kind) {
  static double each = -1;
  if (each < 0) each = 1000 * number_of("STAND_IN_KERNEL_US", 0);
  pthread_mutex_lock(&lock);
  gpus[current].kernels++;
  if (kind == 1) gpus[current].products++;
  if (kind == 2) gpus[current].convolutions++;
  if (each > 0) take((uint64_t)each);
  pthread_mutex_unlock(&lock);
}

static int wait_for_gpu(void) {
  pthread_mutex_lock(&lock);
  uint64_t until = gpus[current].busy_until;
  gpus[current].waits++;
  write_log_sometimes();
  pthread_mutex_unlock(&lock);
  uint64_t time = now();
  if (until > time) {
    struct timespec rest = {(time_t)((until - time) / 1000000000u), (long)((until - time) % 1000000000u)};
    nanosleep(&rest, NULL);
  }
  return SUCCESS;
}

static int allocate(void **place, size_t size) {
  size = (size + 511) & ~(size_t)511;
  if (size == 0) size = 512;
  int result = OUT_OF_MEMORY;
  pthread_mutex_lock(&lock);
  struct gpu *of = &gpus[current];
  if (of->used + size <= memory_of_each()) {
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    for (int i = 0; at != MAP_FAILED && i < MOST_BLOCKS; i++) {
      if (blocks[i].at) continue;
      if (i >= block_count) block_count = i + 1;
      blocks[i] = (struct block){at, size, current};
      of->used += size;
      if (of->used > of->peak) {
        of->peak = of->used;
        write_log();
      }
      *place = at;
      result = SUCCESS;
      break;
    }
  }
  pthread_mutex_unlock(&lock);
  return result;
}

/* Gives memory back; false where it was never allocated here. */
static int release(void *at) {
  if (!at) return SUCCESS;
  int result = INVALID_VALUE;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < block_count; i++) {
    if (blocks[i].at != at) continue;
    munmap(at, blocks[i].size);
    gpus[blocks[i].gpu].used -= blocks[i].size;
    blocks[i].at = NULL;
    result = SUCCESS;
    break;
  }
  pthread_mutex_unlock(&lock);
  return result;
}

static int is_on_gpu(const void *at) {
  int found = 0;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < block_count && !found; i++)
    found = blocks[i].at && (char *)at >= (char *)blocks[i].at && (char *)at < (char *)blocks[i].at + blocks[i].size;
  pthread_mutex_unlock(&lock);
  return found;
}

/* Device memory stays untouched, so that graphs of many gigabytes fit here: only what comes to the host is written. */
static int copy(void *to, const void *from, size_t size) {
  int from_gpu = is_on_gpu(from), to_gpu = is_on_gpu(to);
  pthread_mutex_lock(&lock);
  gpus[current].copies++;
  if (to_gpu && !from_gpu) gpus[current].copied_in += size;
  if (from_gpu && !to_gpu) gpus[current].copied_out += size;
  pthread_mutex_unlock(&lock);
  if (to_gpu) return SUCCESS;
  if (!from_gpu) {
    memcpy(to, from, size);
    return SUCCESS;
  }
  memset(to, 0, size);
  const char *values = getenv("STAND_IN_VALUES");
  if (values && strcmp(values, "random") == 0) {
    static __thread uint32_t state = 12345;
    float *numbers = to;
    for (size_t i = 0; i < size / sizeof(float); i++) {
      state = state * 1664525u + 1013904223u;
      numbers[i] = 0.5f + (float)(state >> 8) / 16777216.0f;
    }
  }
  return SUCCESS;
}

int cudaGetDeviceCount(int *count) { return *count = gpu_count(), SUCCESS; }
int cudaGetDevice(int *gpu) { return *gpu = current, SUCCESS; }
int cudaSetDevice(int gpu) {
  if (gpu < 0 || gpu >= gpu_count() || gpu >= MOST_GPUS) return INVALID_DEVICE;
  current = gpu;
  return SUCCESS;
}

int cudaMalloc(void **place, size_t size) { return allocate(place, size); }
int cudaMallocFromPoolAsync(void **place, size_t size, void *pool, void *stream) { return allocate(place, size); }
int cudaFree(void *at) { return release(at); }
int cudaFreeAsync(void *at, void *stream) { return release(at); }
int cudaMallocHost(void **place, size_t size) { return (*place = malloc(size ? size : 1)) ? SUCCESS : OUT_OF_MEMORY; }
int cudaHostAlloc(void **place, size_t size, unsigned flags) { return cudaMallocHost(place, size); }
int cudaFreeHost(void *at) { return free(at), SUCCESS; }
int cudaMemGetInfo(size_t *left, size_t *all) {
  *all = memory_of_each();
  *left = *all - gpus[current].used;
  return SUCCESS;
}

int cudaMemcpy(void *to, const void *from, size_t size, int kind) {
  wait_for_gpu();
  return copy(to, from, size);
}
/* Of pageable memory, such as the host's here, the copy waits for the stream when it comes back. */
int cudaMemcpyAsync(void *to, const void *from, size_t size, int kind, void *stream) {
  if (kind == 2) wait_for_gpu();
  return copy(to, from, size);
}
int cudaMemcpy2DAsync(void *to, size_t pitch, const void *from, size_t step, size_t width, size_t height, int kind,
                      void *stream) {
  return SUCCESS;
}

int cudaLaunchKernel(const void *kernel, ...) { return stand_in_kernel(0), SUCCESS; }
int cudaLaunchKernelExC(const void *how, const void *kernel, void **arguments) { return stand_in_kernel(0), SUCCESS; }
int __cudaLaunchKernel(const void *kernel, ...) { return stand_in_kernel(0), SUCCESS; }

int cudaDeviceSynchronize(void) { return wait_for_gpu(); }
int cudaStreamSynchronize(void *stream) { return wait_for_gpu(); }
int cudaEventSynchronize(void *event) { return wait_for_gpu(); }

static int handle(void **place) { return (*place = calloc(1, 64)) ? SUCCESS : OUT_OF_MEMORY; }
int cudaStreamCreate(void **stream) { return handle(stream); }
int cudaStreamCreateWithFlags(void **stream, unsigned flags) { return handle(stream); }
int cudaStreamDestroy(void *stream) { return free(stream), SUCCESS; }
int cudaEventCreate(void **event) { return handle(event); }
int cudaEventCreateWithFlags(void **event, unsigned flags) { return handle(event); }
int cudaEventDestroy(void *event) { return free(event), SUCCESS; }
int cudaEventElapsedTime(float *milliseconds, void *from, void *to) { return *milliseconds = 0, SUCCESS; }
int cudaStreamIsCapturing(void *stream, int *status) { return *status = 0, SUCCESS; }

int cudaDriverGetVersion(int *version) { return *version = 13000, SUCCESS; }
int cudaRuntimeGetVersion(int *version) { return *version = 13000, SUCCESS; }
const char *cudaGetErrorName(int error) { return error == OUT_OF_MEMORY ? "cudaErrorMemoryAllocation" : "cudaError"; }
const char *cudaGetErrorString(int error) {
  return error == SUCCESS ? "no error" : error == OUT_OF_MEMORY ? "out of memory" : "invalid argument";
}

/* The beginning of cudaDeviceProp in CUDA 13; what follows is zero. */
struct properties {
  char name[256], uuid[16], luid[8];
  unsigned node_mask;
  size_t memory, shared_memory;
  int registers, warp;
  size_t pitch;
  int threads, thread_dims[3], grid_dims[3];
  size_t constant_memory;
  int major, minor;
  size_t texture_alignment, texture_pitch;
  int multiprocessors;
};

int cudaGetDeviceProperties(struct properties *properties, int gpu) {
  memset(properties, 0, 1000);
  *properties = (struct properties){.name = "stand-in for an H100", .memory = memory_of_each(), .shared_memory = 49152,
                                    .registers = 65536, .warp = 32, .pitch = 2147483647, .threads = 1024,
                                    .thread_dims = {1024, 1024, 64}, .grid_dims = {2147483647, 65535, 65535},
                                    .constant_memory = 65536, .major = 9, .texture_alignment = 512,
                                    .texture_pitch = 32, .multiprocessors = 132};
  return SUCCESS;
}

int cudaDeviceGetAttribute(int *value, int attribute, int gpu) {
  switch (attribute) {
  case 1: *value = 1024; break;        /* threads of a block */
  case 10: *value = 32; break;         /* threads of a warp */
  case 16: *value = 132; break;        /* multiprocessors */
  case 39: *value = 2048; break;       /* threads of a multiprocessor */
  case 75: *value = 9; break;          /* compute capability, major */
  case 81: *value = 233472; break;     /* shared memory of a multiprocessor */
  case 97: *value = 232448; break;     /* shared memory of a block, if it asks for it */
  default: *value = 0;
  }
  return SUCCESS;
}
int cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks_of, const void *kernel, int threads,
                                                           size_t memory, unsigned flags) {
  return *blocks_of = 1, SUCCESS;
}

/* Registration of kernels, when the provider is loaded. */
void **__cudaRegisterFatBinary(void *binary) {
  static void *handle_of_all;
  return &handle_of_all;
}
unsigned __cudaPushCallConfiguration(void) { return 0; }
