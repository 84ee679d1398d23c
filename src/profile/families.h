#pragma once

#include <cstdint>
#include <string>

#include "base/enum_names.h"

namespace nputwin {

/// Groups of ops that share a rule inside one runtime.
enum class Family : std::uint8_t {
  kConvolution,
  kDepthwise,
  kTransposeConvolution,
  kFullyConnected,
  kBatchMatmul,
  kAdd,  ///< and SUB
  kMul,
  kDivision,
  kArithmetic,  ///< ABS, SQRT, RSQRT, SQUARED_DIFFERENCE
  kAveragePool,
  kMean,
  kSum,  ///< and REDUCE_PROD
  kSoftmax,
  kTable,  ///< LOGISTIC, TANH, EXP, LOG, ELU, GELU
  kHardSwish,
  kRelu,
  kLeakyRelu,  ///< and PRELU
  kNormalization,
  kComparison,
  kLstm,
  kSvdf,
  kQuantize,
  kDequantize,
  kConcatenation,
  kResizeBilinear,
  kResizeNearest,
  kMovement,
  kDetection,
  kInt16,    ///< all ops of int16 codes
  kNumbers,  ///< all ops of numbers that are no codes
};

template <>
inline constexpr std::array<std::string_view, 30> kNames<Family> = {"convolution",
                                                                    "depthwise",
                                                                    "transpose_conv",
                                                                    "fully_connected",
                                                                    "batch_matmul",
                                                                    "add",
                                                                    "mul",
                                                                    "division",
                                                                    "arithmetic",
                                                                    "average_pool",
                                                                    "mean",
                                                                    "sum",
                                                                    "softmax",
                                                                    "table",
                                                                    "hard_swish",
                                                                    "relu",
                                                                    "leaky_relu",
                                                                    "normalization",
                                                                    "comparison",
                                                                    "lstm",
                                                                    "svdf",
                                                                    "quantize",
                                                                    "dequantize",
                                                                    "concatenation",
                                                                    "resize_bilinear",
                                                                    "resize_nearest",
                                                                    "movement",
                                                                    "detection",
                                                                    "int16",
                                                                    "numbers"};

/// How a rule is known, from strong to none.
enum class Confidence : std::uint8_t {
  kMeasured,   ///< equal to the real runtime, or exact by definition
  kEvidence,   ///< published numbers of the silicon, reproduced
  kSource,     ///< read from the runtime's or driver's source
  kStatement,  ///< someone who should know said so
  kAssumed,    ///< fits what evidence there is, not shown by it
  kUnknown,    ///< nothing is known; the ops are refused
};

template <>
inline constexpr std::array<std::string_view, 6> kNames<Confidence> = {"measured",  "evidence", "source",
                                                                       "statement", "assumed",  "unknown"};

struct Evidence {
  Family family;
  Confidence confidence;
  std::string rule;    ///< the rule in a few words
  std::string source;  ///< where that is known from
};

}  // namespace nputwin
