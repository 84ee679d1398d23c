#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/enum_names.h"
#include "base/result.h"

namespace nputwin {

/// Which versions of which ops a runtime registers: its op resolver, by the runtime's version and set of kernels. A
/// model with an op that its resolver lacks does not start. Chips and definitions have none, and take every version.
/// TFLite's stand in the order of their releases.
enum class OpRegistry : std::uint8_t {
  kNone,
  kTflite291,
  kTflite291Ref,
  kTflite211,
  kTflite211Ref,
  kTflite213,
  kTflite214,
  kTflite214Ref,
  kTensorflow215,
  kTensorflow215Ref,
  kTensorflow217,
  kTensorflow217Ref,
  kTensorflow219,
  kTensorflow219Ref,
  kLitert14,
  kLitert14Ref,
  kLitert21,
  kLitert21Ref,
  kTensorflow221,
  kTensorflow221Ref,
  kLitert216,
  kLitert216Ref,
  kLitert23,
  kLitert23Ref,
  kTflm,  ///< TensorFlow Lite Micro as PyPI has it, with all its ops; it reads no versions
};
template <>
inline constexpr std::array<std::string_view, 25> kEnumNames<OpRegistry> = {"none",
                                                                            "tflite-2.9.1",
                                                                            "tflite-2.9.1-ref",
                                                                            "tflite-2.11",
                                                                            "tflite-2.11-ref",
                                                                            "tflite-2.13",
                                                                            "tflite-2.14",
                                                                            "tflite-2.14-ref",
                                                                            "tensorflow-2.15",
                                                                            "tensorflow-2.15-ref",
                                                                            "tensorflow-2.17",
                                                                            "tensorflow-2.17-ref",
                                                                            "tensorflow-2.19",
                                                                            "tensorflow-2.19-ref",
                                                                            "litert-1.4",
                                                                            "litert-1.4-ref",
                                                                            "litert-2.1",
                                                                            "litert-2.1-ref",
                                                                            "tensorflow-2.21",
                                                                            "tensorflow-2.21-ref",
                                                                            "litert-2.1.6",
                                                                            "litert-2.1.6-ref",
                                                                            "litert-2.3",
                                                                            "litert-2.3-ref",
                                                                            "tflm"};

/// The kernels are TFLite's optimised ones.
[[nodiscard]] constexpr bool optimised_kernels(OpRegistry registry) {
  return registry != OpRegistry::kNone && registry != OpRegistry::kTflm && !name(registry).ends_with("-ref");
}

/// Whether the registry has that version of a built-in op; the error names the versions it has.
[[nodiscard]] Status check_registered(OpRegistry registry, std::string_view op, int version);

}  // namespace nputwin
