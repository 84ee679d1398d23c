#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// TensorFlow Lite's C interface for delegates, as far as this one uses it (tflite/core/c/common.h, c_api_types.h,
// builtin_op_data.h): names and layouts are TFLite's. Structs grow at their ends. These have the newest layout, as of
// LiteRT in 2026; what TFLite 2.9 lacks is marked, is never read, and is 0 where written. A runtime allocates what it
// hands out, and an older one's is shorter: none of these but the tensor is an array's element, and none is copied
// whole but the registration, of which the callee reads its own part.
//
//                  TFLite 2.9   2.12   2.14   LiteRT 2026-08
//   TfLiteTensor          112    112    112              112
//   TfLiteNode             80     80     80               80
//   TfLiteContext         184    184    200              200
//   TfLiteRegistration     64     72     88               88
//   TfLiteDelegate         48     56     56               56
//   TfLiteDelegateParams   32     32     32               32
//
// tests/delegate/abi_test.cc compares sizes and offsets with those recorded from the real headers.
namespace nputwin::abi {

enum TfLiteStatus : int { kTfLiteOk = 0, kTfLiteError = 1, kTfLiteDelegateError = 2 };

/// Not the numbers of the file format (TensorType).
enum TfLiteType : int {
  kTfLiteNoType = 0,
  kTfLiteFloat32 = 1,
  kTfLiteInt32 = 2,
  kTfLiteUInt8 = 3,
  kTfLiteInt64 = 4,
  kTfLiteString = 5,
  kTfLiteBool = 6,
  kTfLiteInt16 = 7,
  kTfLiteComplex64 = 8,
  kTfLiteInt8 = 9,
  kTfLiteFloat16 = 10,
  kTfLiteFloat64 = 11,
  kTfLiteComplex128 = 12,
  kTfLiteUInt64 = 13,
  kTfLiteResource = 14,
  kTfLiteVariant = 15,
  kTfLiteUInt32 = 16,
  kTfLiteUInt16 = 17,
  kTfLiteInt4 = 18,      // since 2.12
  kTfLiteBFloat16 = 19,  // later
  kTfLiteInt2 = 20,
  kTfLiteUInt4 = 21,
};

enum TfLiteAllocationType : int {
  kTfLiteMmapRo = 1,
  kTfLiteArenaRw = 2,
  kTfLiteArenaRwPersistent = 3,
  kTfLiteDynamic = 4,
};

enum TfLiteQuantizationType : int { kTfLiteNoQuantization = 0, kTfLiteAffineQuantization = 1 };

enum TfLiteDelegateFlags : std::int64_t {
  kTfLiteDelegateFlagsAllowDynamicTensors = 1,
  kTfLiteDelegateFlagsRequirePropagatedShapes = 2,
};

inline constexpr std::int32_t kTfLiteBuiltinCustom = 32, kTfLiteBuiltinDelegate = 51;
inline constexpr int kTfLiteNullBufferHandle = -1;

/// The values follow at once.
struct TfLiteIntArray {
  int size;
};
struct TfLiteFloatArray {
  int size;
};
[[nodiscard]] inline std::span<const int> values(const TfLiteIntArray* a) {
  if (a == nullptr || a->size <= 0) return {};
  return {reinterpret_cast<const int*>(a + 1), static_cast<std::size_t>(a->size)};
}
[[nodiscard]] inline std::span<const float> values(const TfLiteFloatArray* a) {
  if (a == nullptr || a->size <= 0) return {};
  return {reinterpret_cast<const float*>(a + 1), static_cast<std::size_t>(a->size)};
}

struct TfLiteQuantizationParams {
  float scale;
  std::int32_t zero_point;
};
struct TfLiteQuantization {
  TfLiteQuantizationType type;
  void* params;
};
struct TfLiteAffineQuantization {
  TfLiteFloatArray* scale;
  TfLiteIntArray* zero_point;
  std::int32_t quantized_dimension;
};

struct TfLiteDelegate;
struct TfLiteNode;
struct TfLiteRegistration;

struct TfLiteTensor {
  TfLiteType type;
  void* data;  // a union of pointers
  TfLiteIntArray* dims;
  TfLiteQuantizationParams params;
  TfLiteAllocationType allocation_type;
  std::size_t bytes;
  const void* allocation;
  const char* name;
  TfLiteDelegate* delegate;
  int buffer_handle;
  bool data_is_stale;
  bool is_variable;
  TfLiteQuantization quantization;
  void* sparsity;
  const TfLiteIntArray* dims_signature;
};

struct TfLiteContext {
  std::size_t tensors_size;
  TfLiteStatus (*GetExecutionPlan)(TfLiteContext* context, TfLiteIntArray** execution_plan);
  TfLiteTensor* tensors;
  void* impl_;
  /// Takes the array, which malloc has made.
  TfLiteStatus (*ResizeTensor)(TfLiteContext* context, TfLiteTensor* tensor, TfLiteIntArray* new_size);
  void (*ReportError)(TfLiteContext* context, const char* message, ...);
  TfLiteStatus (*AddTensors)(TfLiteContext* context, int tensors_to_add, int* first_new_tensor_index);
  TfLiteStatus (*GetNodeAndRegistration)(TfLiteContext* context, int node_index, TfLiteNode** node,
                                         TfLiteRegistration** registration);
  TfLiteStatus (*ReplaceNodeSubsetsWithDelegateKernels)(TfLiteContext* context, TfLiteRegistration registration,
                                                        const TfLiteIntArray* nodes_to_replace,
                                                        TfLiteDelegate* delegate);
  int recommended_num_threads;
  void* GetExternalContext;
  void* SetExternalContext;
  bool allow_fp32_relax_to_fp16;
  void* profiler;
  void* AllocatePersistentBuffer;
  void* AllocateBufferForEval;
  void* RequestScratchBufferInArena;
  void* GetScratchBuffer;
  void* ResizeTensorExplicit;
  void* PreviewDelegatePartitioning;
  void* GetTensor;
  void* GetEvalTensor;
  void* GetModelMetadata;
  void* AcquireSubgraphContext;  // not in 2.9
  void* ReleaseSubgraphContext;  // not in 2.9
};

struct TfLiteNode {
  TfLiteIntArray* inputs;
  TfLiteIntArray* outputs;
  TfLiteIntArray* intermediates;
  TfLiteIntArray* temporaries;
  void* user_data;
  void* builtin_data;
  const void* custom_initial_data;
  int custom_initial_data_size;
  TfLiteDelegate* delegate;
  bool might_have_side_effect;
};

struct TfLiteRegistration {
  void* (*init)(TfLiteContext* context, const char* buffer, std::size_t length);
  void (*free)(TfLiteContext* context, void* buffer);
  TfLiteStatus (*prepare)(TfLiteContext* context, TfLiteNode* node);
  TfLiteStatus (*invoke)(TfLiteContext* context, TfLiteNode* node);
  const char* (*profiling_string)(const TfLiteContext* context, const TfLiteNode* node);
  std::int32_t builtin_code;
  const char* custom_name;
  int version;
  void* registration_external;     // not in 2.9
  void* async_kernel;              // not in 2.9
  std::uint64_t inplace_operator;  // not in 2.9
};

struct TfLiteDelegate {
  void* data_;
  TfLiteStatus (*Prepare)(TfLiteContext* context, TfLiteDelegate* delegate);
  TfLiteStatus (*CopyFromBufferHandle)(TfLiteContext* context, TfLiteDelegate* delegate, int buffer_handle,
                                       TfLiteTensor* tensor);
  TfLiteStatus (*CopyToBufferHandle)(TfLiteContext* context, TfLiteDelegate* delegate, int buffer_handle,
                                     TfLiteTensor* tensor);
  void (*FreeBufferHandle)(TfLiteContext* context, TfLiteDelegate* delegate, int* handle);
  std::int64_t flags;
  void* opaque_delegate_builder;  // not in 2.9
};

/// What a partition's kernel is made from.
struct TfLiteDelegateParams {
  TfLiteDelegate* delegate;
  TfLiteIntArray* nodes_to_replace;
  TfLiteIntArray* input_tensors;
  TfLiteIntArray* output_tensors;
};

}  // namespace nputwin::abi
