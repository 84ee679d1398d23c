// CEIL, ROUND and SIGN of numbers. ROUND takes ties to the even number; TFLite writes it as floor(x) + 1 where the
// fraction asks for it, so that what lies above -1/2 gives +0, XNNPACK's gives -0. SIGN of NaN is NaN; of int32 too.
// Source: TFLite ceil.cc, reference/round.h, sign.cc.

#include "fixed/real_functions.h"
#include "ops/checks.h"
#include "ops/elementwise/unary_kernel.h"

namespace nputwin::ops::rounding {
namespace {

/// `N`: float, plain or traced.
template <typename N>
N half_to_even(const N& x) {
  const N below = floor_of(x);
  const float fraction = plain(x) - plain(below);
  const bool stays = fraction < 0.5F || (fraction == 0.5F && std::fmod(plain(below), 2.0F) == 0);
  return stays ? below : below + 1.0F;
}

template <typename N>
N sign(const N& x) {
  using T = Plain<N>;
  if (x != x) return x;
  return x > T{0} ? N{T{1}} : x < T{0} ? N{T{-1}} : N{T{0}};
}

Status check_numbers(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kFloat32}, "input"));
  return check_type(context.output(), {DType::kFloat32}, "output");
}

Result<std::unique_ptr<Kernel>> prepare_ceil(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_numbers(context));
  return unary_kernel<float, float>([](const auto& x) { return ceil_of(x); });
}

Result<std::unique_ptr<Kernel>> prepare_round(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_numbers(context));
  if (context.delegated()) return unary_kernel<float, float>([](const auto& x) { return nearbyint_of(x); });
  return unary_kernel<float, float>([](const auto& x) { return half_to_even(x); });
}

Result<std::unique_ptr<Kernel>> prepare_sign(const PrepareContext& context) {
  if (all_of_type(context, 1, DType::kInt32))
    return unary_kernel<std::int32_t, std::int32_t>([](const auto& x) { return sign(x); });
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kFloat32, DType::kInt32}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {context.input(0).type}, "output"));
  return unary_kernel<float, float>([](const auto& x) { return sign(x); });
}

}  // namespace

const OpDefinition& ceil_op() {
  static constexpr OpDefinition kOp{"CEIL", unary_shapes, prepare_ceil, Family::kNumbers};
  return kOp;
}
const OpDefinition& round_op() {
  static constexpr OpDefinition kOp{"ROUND", unary_shapes, prepare_round, Family::kNumbers};
  return kOp;
}
const OpDefinition& sign_op() {
  static constexpr OpDefinition kOp{"SIGN", unary_shapes, prepare_sign, Family::kNumbers};
  return kOp;
}

}  // namespace nputwin::ops::rounding
