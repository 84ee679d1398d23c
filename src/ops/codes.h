#pragma once

#include "ops/op.h"
#include "tensor/code_types.h"

namespace nputwin {

/// Calls f(span of input, span of output) with spans of the output's code type: int8, uint8 or int16.
template <typename F>
void with_codes(const RunContext& context, F&& f) {
  with_code_type(context.outputs[0].spec->type, [&](auto code) {
    using T = decltype(code);
    f(context.inputs[0].as<T>(), context.outputs[0].as<T>());
  });
}

/// The same for ops without int16.
template <typename F>
void with_8bit_codes(const RunContext& context, F&& f) {
  if (context.outputs[0].spec->type == DType::kUInt8) {
    f(context.inputs[0].as<std::uint8_t>(), context.outputs[0].as<std::uint8_t>());
  } else {
    f(context.inputs[0].as<std::int8_t>(), context.outputs[0].as<std::int8_t>());
  }
}

}  // namespace nputwin
