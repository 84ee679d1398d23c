/* nputwin in C: run a quantized .tflite model with the exact integer arithmetic of a named CPU runtime or NPU, compare
 * two such sides, and call every verb of the tool. nputwin.hpp has the same for C++.
 *
 * Handles are opaque. A context, and all that was made with it, is for one thread at a time; different contexts may be
 * used at the same time. A function that cannot do its work returns NPUTWIN_FAILED, and nputwin_error() of the context
 * then says why: where, what was expected and what came. No exception leaves the library, and no input ends the
 * process. What a function hands out (text, values) belongs to the handle that it was asked of and is valid until that
 * handle is changed, run, or freed. Freeing NULL does nothing.
 *
 * Later versions add functions, and fields at the end of structs; what is there stays. A struct that the caller fills
 * or gives room for begins with its size, so that programs built with an older header keep working. */
#ifndef NPUTWIN_NPUTWIN_H
#define NPUTWIN_NPUTWIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when something is added; programs that need it compare with nputwin_api_version(). */
#define NPUTWIN_API_VERSION 1

#if defined(__GNUC__)
#define NPUTWIN_API __attribute__((visibility("default")))
#else
#define NPUTWIN_API
#endif

/* As the exit codes of the tool. */
typedef enum nputwin_status {
  NPUTWIN_OK = 0,      /* done; of a comparison or proof: the same */
  NPUTWIN_DIFFERS = 1, /* done; what was compared differs, or a condition failed */
  NPUTWIN_FAILED = 2   /* could not, or not all; nputwin_error() says why */
} nputwin_status;

typedef struct nputwin_context nputwin_context;
typedef struct nputwin_model nputwin_model;
typedef struct nputwin_twin nputwin_twin;
typedef struct nputwin_comparison nputwin_comparison;
typedef struct nputwin_answer nputwin_answer;

/* The version of the library, such as "nputwin 0.1.0 (commit …)", and NPUTWIN_API_VERSION of its header. */
NPUTWIN_API const char* nputwin_version(void);
NPUTWIN_API int nputwin_api_version(void);

/* ---- contexts ---- */

/* NULL where memory is short. */
NPUTWIN_API nputwin_context* nputwin_context_new(void);
/* Free what was made with the context first. */
NPUTWIN_API void nputwin_context_free(nputwin_context* context);
/* Why the last call that failed did so; "" where none has. Of a NULL context: that it is NULL. */
NPUTWIN_API const char* nputwin_error(const nputwin_context* context);

/* What long work tells. Each may be NULL. They are called by the thread that called the library, and do not call it. */
typedef struct nputwin_callbacks {
  size_t struct_size; /* sizeof(nputwin_callbacks) */
  void* user;         /* given to each */
  /* After each of `all` steps. */
  void (*progress)(void* user, size_t done, size_t all);
  /* What a user should know beside the result. */
  void (*note)(void* user, const char* text);
  /* Asked before each step; not 0 ends the work. What is done by then is the result where that makes sense. */
  int (*stop)(void* user);
} nputwin_callbacks;
/* Copies the struct. NULL: none. */
NPUTWIN_API nputwin_status nputwin_context_set_callbacks(nputwin_context* context, const nputwin_callbacks* callbacks);

/* A setting: the name and value of an option of the tool, without the dashes. This struct never grows. */
typedef struct nputwin_option {
  const char* name;
  const char* value;
} nputwin_option;

/* ---- models ---- */

/* Reads a .tflite file. */
NPUTWIN_API nputwin_status nputwin_model_open(nputwin_context* context, const char* path, nputwin_model** model);
/* The same from memory, which is copied. `name` stands for the path in messages. */
NPUTWIN_API nputwin_status nputwin_model_from_memory(nputwin_context* context, const void* bytes, size_t size,
                                                     const char* name, nputwin_model** model);
NPUTWIN_API void nputwin_model_free(nputwin_model* model);
/* What the file holds, as JSON: {"name", "description", "tensors": [{"index", "name", "type", "shape",
 * "shape_signature", "scale", "zero_point", "axis", "constant", "variable", "unsupported"}], "ops": [{"index", "op",
 * "custom", "inputs", "outputs"}], "inputs": [tensor, …], "outputs": [tensor, …], "signatures": {key: {"inputs": {name:
 * tensor}, "outputs": {…}}}, "subgraphs": how many the file has}. Of the main graph; an input that an op leaves out is
 * -1. NULL: failed. */
NPUTWIN_API const char* nputwin_model_json(nputwin_model* model);

/* ---- values ---- */

/* A tensor's values and what they are. Dense, row-major (NHWC), little-endian. */
typedef struct nputwin_tensor {
  size_t struct_size; /* sizeof(nputwin_tensor), set by the caller */
  int32_t index;      /* in the model's file; of the main graph */
  const char* name;
  const char* type; /* "int8", "uint8", "int16", "int32", "int64", "float32", "bool" */
  const int32_t* shape;
  size_t dimensions;
  const float* scales; /* real = scale * (code - zero_point); none: not quantized; one: per tensor; else one for */
  const int32_t* zero_points; /* each index of dimension `axis` */
  size_t scale_count;
  int32_t axis;
  const void* data; /* NULL where there are no values yet */
  size_t bytes;
} nputwin_tensor;

/* An array of the caller's, for nputwin_call and comparisons. It is read during the call and not kept. */
typedef struct nputwin_array {
  size_t struct_size;
  const void* data; /* row-major, little-endian */
  size_t bytes;
  const char* type; /* as NumPy calls it: "int8", "float64", "float16", … */
  const int64_t* shape;
  size_t dimensions;
} nputwin_array;

/* ---- twins: a model prepared to run with one profile's arithmetic ---- */

/* `profile`: a name (nputwin profiles list), a variant such as "vip-v8{ties=half_up}", a placement such as
 * "vx(vip-v8)+tflite-2.9.1-arm64", the path of a document ending in .json, or the document itself, beginning with '{'.
 * Options: threads=N (1), isa=NAME (auto), shape=INPUT=1x224x224x3, on-cpu=PATTERN (both may repeat), keep=yes, which
 * keeps every op's outputs for nputwin_twin_tensor. Neither threads nor isa changes a byte of the result. */
NPUTWIN_API nputwin_status nputwin_twin_new(nputwin_context* context, const nputwin_model* model, const char* profile,
                                            const nputwin_option* options, size_t option_count, nputwin_twin** twin);
NPUTWIN_API void nputwin_twin_free(nputwin_twin* twin);
NPUTWIN_API size_t nputwin_twin_input_count(const nputwin_twin* twin);
NPUTWIN_API size_t nputwin_twin_output_count(const nputwin_twin* twin);
/* What input k takes; `data` are the values that the next run reads. */
NPUTWIN_API nputwin_status nputwin_twin_input(nputwin_twin* twin, size_t k, nputwin_tensor* tensor);
/* Where the next run reads input k, for values that are made in place; NULL where there is no such input. */
NPUTWIN_API void* nputwin_twin_input_data(nputwin_twin* twin, size_t k);
/* Copies the values of input k, once: `bytes` bytes of the input's type and order. */
NPUTWIN_API nputwin_status nputwin_twin_set_input(nputwin_twin* twin, size_t k, const void* data, size_t bytes);
/* Runs the model. Variables keep their values from run to run. */
NPUTWIN_API nputwin_status nputwin_twin_run(nputwin_twin* twin);
/* Gives the variables the values that they had before the first run. */
NPUTWIN_API void nputwin_twin_reset(nputwin_twin* twin);
/* Output k of the last run. */
NPUTWIN_API nputwin_status nputwin_twin_output(nputwin_twin* twin, size_t k, nputwin_tensor* tensor);
/* A tensor of the main graph by its index in the file: a constant, an input, an output, or with keep=yes what any op
 * made in the last run. */
NPUTWIN_API nputwin_status nputwin_twin_tensor(nputwin_twin* twin, int32_t index, nputwin_tensor* tensor);
/* The exact sums of a multiply-accumulate op in the last run, before they are rescaled: int64, of the output's shape.
 * Needs keep=yes. `op`: its index in the main graph. */
NPUTWIN_API nputwin_status nputwin_twin_accumulators(nputwin_twin* twin, size_t op, nputwin_tensor* tensor);

/* ---- comparisons, sample by sample ---- */

/* Sides as `nputwin diff` takes them; options as of a twin. */
NPUTWIN_API nputwin_status nputwin_comparison_new(nputwin_context* context, const nputwin_model* model, const char* a,
                                                  const char* b, const nputwin_option* options, size_t option_count,
                                                  nputwin_comparison** comparison);
NPUTWIN_API void nputwin_comparison_free(nputwin_comparison* comparison);
/* Is shown each output of each op as the two sides have it, while a sample runs. */
typedef void (*nputwin_pair_function)(void* user, const nputwin_tensor* a, const nputwin_tensor* b);
NPUTWIN_API nputwin_status nputwin_comparison_watch(nputwin_comparison* comparison, nputwin_pair_function function,
                                                    void* user);
/* Runs one sample on both sides; `arrays`: one for each input of the model, in their order, of its type and shape. Two
 * recordings take none. After a failure within a sample the comparison is of no use any more. */
NPUTWIN_API nputwin_status nputwin_comparison_add(nputwin_comparison* comparison, const nputwin_array* arrays,
                                                  size_t array_count);
/* The result of the samples so far: the document of docs/diff.schema.json without its provenance. NULL: failed, or no
 * sample was added. */
NPUTWIN_API const char* nputwin_comparison_json(nputwin_comparison* comparison);

/* ---- every verb of the tool ---- */

/* Something in memory that a verb reads as if it were a file: where a word of the call is "memory:NAME", or an input
 * "[INPUT=]memory:NAME[,layout=nchw]". Either a model or an array, which is read where it lies. */
typedef struct nputwin_attachment {
  size_t struct_size;
  const char* name;
  const nputwin_model* model;
  const nputwin_array* array;
} nputwin_attachment;

/* Does what the tool does with these words, "diff", "m.tflite", "--a", "vip-v8", …; the answer is the document that
 * --format json prints, where the verb has that and the words do not say another format. Returns what the tool's exit
 * code would be. "-", which the tool takes for its own streams, is refused. There is an answer in each case but
 * NPUTWIN_FAILED without a result, where it is NULL. */
NPUTWIN_API nputwin_status nputwin_call(nputwin_context* context, const char* const* words, size_t word_count,
                                        const nputwin_attachment* attachments, size_t attachment_count,
                                        nputwin_answer** answer);
NPUTWIN_API void nputwin_answer_free(nputwin_answer* answer);
/* What the tool would print to stdout, `size` bytes and a zero behind them. `size` may be NULL. */
NPUTWIN_API const char* nputwin_answer_text(const nputwin_answer* answer, size_t* size);

#ifdef __cplusplus
}
#endif

#endif /* NPUTWIN_NPUTWIN_H */
