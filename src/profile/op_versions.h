#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/enum_names.h"
#include "base/result.h"

namespace nputwin {

/// Which versions of which ops a runtime registers: its op resolver, by the runtime's version and set of kernels. A
/// model with an op that its resolver lacks does not start. Chips and definitions have none, and take every version.
enum class OpRegistry : std::uint8_t {
  kNone,
  kTflite291,
  kTflite291Ref,
  kTflite214,
  kTflite214Ref,
  kLitert21,
  kLitert21Ref,
  kLitert23,
  kLitert23Ref,
  kTflm,  ///< TensorFlow Lite Micro as PyPI has it, with all its ops; it reads no versions
};
template <>
inline constexpr std::array<std::string_view, 10> kEnumNames<OpRegistry> = {
    "none",       "tflite-2.9.1",   "tflite-2.9.1-ref", "tflite-2.14",    "tflite-2.14-ref",
    "litert-2.1", "litert-2.1-ref", "litert-2.3",       "litert-2.3-ref", "tflm"};

/// Whether the registry has that version of a built-in op; the error names the versions it has.
[[nodiscard]] Status check_registered(OpRegistry registry, std::string_view op, int version);

}  // namespace nputwin
