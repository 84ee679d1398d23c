#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace nputwin {

/// Groups of ops that share a rule inside one runtime.
enum class Family : std::uint8_t {
  kConvolution,
  kDepthwise,
  kFullyConnected,
  kAdd,
  kMul,
  kAveragePool,
  kMean,
  kSoftmax,
  kTable,
  kRelu,
  kQuantize,
  kDequantize,
  kConcatenation,
  kResizeBilinear,
  kResizeNearest,
  kMovement,
  kDetection,
};

inline constexpr std::array<std::string_view, 17> kFamilyNames = {
    "convolution",   "depthwise",       "fully_connected", "add",      "mul",      "average_pool",
    "mean",          "softmax",         "table",           "relu",     "quantize", "dequantize",
    "concatenation", "resize_bilinear", "resize_nearest",  "movement", "detection"};

[[nodiscard]] constexpr std::string_view name(Family family) {
  return kFamilyNames[static_cast<std::size_t>(family)];
}

/// How a rule is known, from strong to none.
enum class Confidence : std::uint8_t {
  kMeasured,   ///< equal to the real runtime, or exact by definition
  kEvidence,   ///< published numbers of the silicon, reproduced
  kSource,     ///< read from the runtime's or driver's source
  kStatement,  ///< someone who should know said so
  kAssumed,    ///< fits what evidence there is, not shown by it
};

inline constexpr std::array<std::string_view, 5> kConfidenceNames = {"measured", "evidence", "source",
                                                                     "statement", "assumed"};

[[nodiscard]] constexpr std::string_view name(Confidence confidence) {
  return kConfidenceNames[static_cast<std::size_t>(confidence)];
}

struct Evidence {
  Family family;
  Confidence confidence;
  std::string rule;    ///< the rule in a few words
  std::string source;  ///< where that is known from
};

}  // namespace nputwin
