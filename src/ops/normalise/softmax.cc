// SOFTMAX over the last dimension. 8-bit codes to 8 bits, output scale 1/256 and zero point -128 (int8) or 0 (uint8),
// or int8 to int16, scale 1/65536 and zero point -32768. d = code - largest code of the row, x = beta * s_in * d <= 0:
//
// fixed point     x in Q5.26 by a multiplier; exp on negative values, the sum in Q12.19, its reciprocal by Newton
//                 steps; out = RDByPOT(SRDHM(1/sum, exp), bits + 31 - bits of the output) + zp; d below the radius
//                 counts as 0.
//                 Source: TFLite reference/softmax.h, gemmlowp.
// binary32 table  e[d] = expf(-beta s_in |d|); sum in binary32 in element order; p = e[d] * (1/(sum * s_out));
//                 int8, int16 half away from zero, uint8 trunc(p + 1/2). Source: TFLite optimized_ops.h.
// uint16 table    e[d] = trunc(expf * 65535 + 1/2); integer sum; MBQM(e[d], 1/(sum_real * s_out) / 65535); blocks of 16
//                 break ties upward, the last ones away from zero. Source: TFLite optimized_ops.h, AArch64 clang.
//                 Not where the output is int16: binary32 table.
// uint32 table    e[d] = to_even(min((2^32 - 1)/n, 2^23 - 1) * exp(x)) for n elements; p = floor((256 e + sum/2) /
//                 sum), sums in integers. Only uint8. Source: QNNPACK softargmax.c, u8lut32norm.
// fixed point table  as fixed point with e[d] = min(half_away(2^31 exp(x)), 2^31 - 1) for every d and the two divisions
//                 by powers of two half up; only beta 1. Source: TensorFlow mlir/tosa legalize_common.cc,
//                 convertSoftmaxOp.
// real            half_even(exp(x) / sum / s_out + zp) in binary64.
//
// int16 codes to int16, output scale 1/32768: exp(x) for x >= -10 and 1/(1 + x) by interpolated tables, integer sum;
// TFLite reference/softmax.h, SoftmaxInt16. Numbers: expf, binary32 sum in element order, quotient (reference kernels).

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "fixed/fixed_point.h"
#include "fixed/interpolated_table.h"
#include "ops/checks.h"
#include "ops/codes.h"
#include "profile/profile.h"

namespace nputwin::ops::softmax {
namespace {

struct Row {
  const std::int32_t* distance;  // d of each element
  std::int32_t* out;             // the code before zero point and clamp
  int count;
};

class Exponentials {
 public:
  Exponentials(SoftmaxMethod method, RealRule real, float beta, const TensorSpec& in, const TensorSpec& out)
      : method_(method),
        real_(real),
        zero_(out.zero_point()),
        uint8_(out.type == DType::kUInt8),
        bits_(static_cast<int>(8 * size_of(out.type))),
        s_out_(out.scale()) {
    const double step = static_cast<double>(beta) * static_cast<double>(in.scale());
    for (int d = 0; d < 256; ++d) {
      const double x = static_cast<double>(static_cast<float>(-in.scale() * beta) * static_cast<float>(d));
      table32_[static_cast<std::size_t>(d)] = static_cast<float>(std::exp(x));
      table16_[static_cast<std::size_t>(d)] =
          static_cast<std::int32_t>(static_cast<double>(table32_[static_cast<std::size_t>(d)] * 65535.0F) + 0.5);
      table64_[static_cast<std::size_t>(d)] = std::exp(-step * d);
    }
    const double counts = std::min(4294967295.0 / in.shape.back(), 8388607.0);
    for (std::size_t d = 0; d < 256; ++d) {
      const double e = table64_[d];
      integers_[d] = method == SoftmaxMethod::kUint32Table ? round_real(counts * e, Rounding::kHalfToEven)
                                                           : round_real(std::ldexp(e, 31), Rounding::kHalfAwayFromZero);
    }
    input_ = quantize_multiplier(std::min(step * (1 << 26), 2147483647.0));
    radius_ = round_real(-std::floor(std::ldexp(31.0 * (1 << 26), -input_.exponent)), Rounding::kFloor);
  }

  void operator()(const Row& row) const {
    switch (method_) {
      case SoftmaxMethod::kFixedPoint:
        return fixed_point(row);
      case SoftmaxMethod::kBinary32Table:
        return binary32(row);
      case SoftmaxMethod::kUint16Table:
        return uint16(row);
      case SoftmaxMethod::kUint32Table:
        return uint32(row);
      case SoftmaxMethod::kFixedPointTable:
        return fixed_point_table(row);
      case SoftmaxMethod::kReal:
        return real(row);
    }
  }

 private:
  [[nodiscard]] std::int32_t exponential(std::int32_t d) const {
    const std::int32_t x = shift_left_wrapping(d, std::max(input_.exponent, 0));  // d >= radius_: no overflow
    return exp_on_negative(saturating_rounding_doubling_high_mul(x, input_.multiplier), 5);
  }

  void fixed_point(const Row& row) const {
    std::int32_t sum = 0;
    for (int i = 0; i < row.count; ++i) {
      if (row.distance[i] >= radius_)
        sum = wrap_int32(std::int64_t{sum} + rounding_divide_by_pot(exponential(row.distance[i]), 12));
    }
    const Reciprocal inverse = reciprocal(sum, 12);
    for (int i = 0; i < row.count; ++i) {
      const std::int32_t d = row.distance[i];
      row.out[i] = d < radius_
                       ? 0
                       : rounding_divide_by_pot(saturating_rounding_doubling_high_mul(inverse.value, exponential(d)),
                                                std::min(inverse.bits_over_unit + 31 - bits_, 31));
    }
  }

  void fixed_point_table(const Row& row) const {
    const auto of = [&](int i) { return integers_[static_cast<std::size_t>(-row.distance[i])]; };
    const auto half_up = [](std::int32_t x, int shift) {
      return static_cast<std::int32_t>(shift_right_rounded<std::int64_t>(x, shift, Rounding::kHalfUp));
    };
    std::int32_t sum = 0;
    for (int i = 0; i < row.count; ++i) sum = wrap_int32(std::int64_t{sum} + half_up(of(i), 12));
    const int headroom = std::min(std::countl_zero(static_cast<std::uint32_t>(sum)), 31);
    const std::int32_t half = reciprocal_of_half_sum(
        wrap_int32((static_cast<std::int64_t>(static_cast<std::uint32_t>(sum)) << headroom) - (std::int64_t{1} << 31)));
    for (int i = 0; i < row.count; ++i) {
      const auto p =
          saturate_cast<std::int32_t>(shift_right_rounded(std::int64_t{of(i)} * half, 30, Rounding::kHalfUp));
      row.out[i] = half_up(p, std::min(12 + 31 - bits_ - headroom, 31));
    }
  }

  void uint32(const Row& row) const {
    std::int64_t sum = 0;
    for (int i = 0; i < row.count; ++i) sum += integers_[static_cast<std::size_t>(-row.distance[i])];
    for (int i = 0; i < row.count; ++i) {
      const std::int64_t e = integers_[static_cast<std::size_t>(-row.distance[i])];
      row.out[i] = static_cast<std::int32_t>((e * 256 + sum / 2) / sum);
    }
  }

  void binary32(const Row& row) const {
    float sum = 0;
    for (int i = 0; i < row.count; ++i) sum += table32_[static_cast<std::size_t>(-row.distance[i])];
    const float inverse = 1.0F / (sum * s_out_);
    for (int i = 0; i < row.count; ++i) {
      const float p = table32_[static_cast<std::size_t>(-row.distance[i])] * inverse;
      row.out[i] = uint8_ ? static_cast<std::int32_t>(p + 0.5F)
                          : round_real(static_cast<double>(p), Rounding::kHalfAwayFromZero);
    }
  }

  void uint16(const Row& row) const {
    std::int32_t sum = 0;
    for (int i = 0; i < row.count; ++i) sum += table16_[static_cast<std::size_t>(-row.distance[i])];
    const float inverse = 1.0F / (static_cast<float>(sum) * s_out_);
    const QuantizedMultiplier m = quantize_multiplier(static_cast<double>(inverse));
    const int whole = row.count - row.count % 16;
    for (int i = 0; i < row.count; ++i) {
      row.out[i] = multiply_by_quantized_multiplier(table16_[static_cast<std::size_t>(-row.distance[i])], m,
                                                    i < whole ? Rounding::kHalfUp : Rounding::kHalfAwayFromZero);
    }
  }

  void real(const Row& row) const {
    double sum = 0;
    for (int i = 0; i < row.count; ++i) sum += table64_[static_cast<std::size_t>(-row.distance[i])];
    for (int i = 0; i < row.count; ++i) {
      const double y = table64_[static_cast<std::size_t>(-row.distance[i])] / sum / static_cast<double>(s_out_);
      row.out[i] = static_cast<std::int32_t>(real_.code(y, zero_) - zero_);
    }
  }

  SoftmaxMethod method_;
  RealRule real_;
  std::int32_t zero_;
  bool uint8_;
  int bits_;  // of the output
  float s_out_;
  std::array<float, 256> table32_{};
  std::array<std::int32_t, 256> table16_{};
  std::array<double, 256> table64_{};
  std::array<std::int32_t, 256> integers_{};
  QuantizedMultiplier input_;
  std::int32_t radius_ = 0;
};

class Softmax final : public Kernel {
 public:
  Softmax(Exponentials exponentials, int depth) : exponentials_(exponentials), depth_(depth) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return 2 * static_cast<std::size_t>(depth_) * sizeof(std::int32_t);
  }

  void run(const RunContext& context) const override {
    auto* distance = reinterpret_cast<std::int32_t*>(context.scratch.data());
    auto* result = distance + depth_;
    const DType to = context.outputs[0].spec->type;
    if (context.inputs[0].spec->type != to) {
      run(context.inputs[0].as<std::int8_t>(), context.outputs[0].as<std::int16_t>(), code_range(to), distance, result);
    } else {
      with_8bit_codes(context, [&](auto in, auto out) { run(in, out, code_range(to), distance, result); });
    }
  }

 private:
  template <typename In, typename T>
  void run(std::span<const In> in, std::span<T> out, CodeRange range, std::int32_t* distance,
           std::int32_t* result) const {
    for (std::size_t row = 0; row < in.size(); row += static_cast<std::size_t>(depth_)) {
      const auto codes = in.subspan(row, static_cast<std::size_t>(depth_));
      const int largest = *std::max_element(codes.begin(), codes.end());
      for (int i = 0; i < depth_; ++i) distance[i] = codes[static_cast<std::size_t>(i)] - largest;
      exponentials_(Row{distance, result, depth_});
      for (int i = 0; i < depth_; ++i)
        out[row + static_cast<std::size_t>(i)] = static_cast<T>(std::clamp(result[i] + range.lo, range.lo, range.hi));
    }
  }

  Exponentials exponentials_;
  int depth_;
};

class SoftmaxInt16 final : public Kernel {
 public:
  SoftmaxInt16(FixedPointMultiply multiply, int depth, QuantizedMultiplier input)
      : multiply_(multiply),
        depth_(depth),
        input_(input),
        exp_(10.0 / 65535, INT16_MAX, 2.0 / 65535, 0, [](double x) { return std::exp(x); }),
        reciprocal_(1.0 / 65535, INT16_MIN, 2.0 / 65535, 0, [](double x) { return 1 / (1 + x); }) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<std::int16_t>();
    const auto out = context.outputs[0].as<std::int16_t>();
    const auto depth = static_cast<std::size_t>(depth_);
    for (std::size_t at = 0; at < out.size(); at += depth) row(in.subspan(at, depth), out.subspan(at, depth));
  }

 private:
  void row(std::span<const std::int16_t> in, std::span<std::int16_t> out) const {
    const int largest = *std::max_element(in.begin(), in.end());
    std::int32_t sum = 0;  // Q16.15
    for (std::size_t c = 0; c < in.size(); ++c) {
      const std::int32_t scaled = multiply_(in[c] - largest, input_);
      out[c] = exp_(saturate_cast<std::int16_t>(std::int64_t{scaled} + INT16_MAX));
      sum += out[c];
    }
    // The largest element has exp(0): sum is 32767 or more, and prepare's bound on the depth keeps it below 2^30.
    const int headroom = std::clamp(std::countl_zero(static_cast<std::uint32_t>(sum)), 1, 17);
    const std::int64_t shifted = ((std::int64_t{sum} << (headroom - 1)) + (1 << 13)) >> 14;
    const std::int64_t factor = reciprocal_(saturate_cast<std::int16_t>(shifted - (1 << 15) - (1 << 16)));
    const int right = 31 - headroom;
    for (auto& y : out) {
      const std::int64_t p = (y * factor + (std::int64_t{1} << (right - 1))) >> right;
      y = static_cast<std::int16_t>(std::clamp<std::int64_t>(p, 0, INT16_MAX));
    }
  }

  FixedPointMultiply multiply_;
  int depth_;
  QuantizedMultiplier input_;
  InterpolatedTable exp_, reciprocal_;
};

class SoftmaxNumbers final : public Kernel {
 public:
  SoftmaxNumbers(int depth, float beta) : depth_(depth), beta_(beta) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<float>();
    const auto out = context.outputs[0].as<float>();
    const auto depth = static_cast<std::size_t>(depth_);
    for (std::size_t row = 0; row < in.size(); row += depth) {
      const auto x = in.subspan(row, depth);
      const float largest = *std::max_element(x.begin(), x.end());
      float sum = 0;
      for (std::size_t c = 0; c < depth; ++c) {
        out[row + c] = static_cast<float>(std::exp(static_cast<double>((x[c] - largest) * beta_)));
        sum += out[row + c];
      }
      for (std::size_t c = 0; c < depth; ++c) out[row + c] /= sum;
    }
  }

 private:
  int depth_;
  float beta_;
};

Status check_output(const TensorSpec& in, const TensorSpec& out) {
  const bool widens = in.type == DType::kInt8 && out.type == DType::kInt16;
  if (!widens && in.type != out.type)
    return error("input '{}' is {} and output '{}' {}, which do not go together", in.name, name(in.type), out.name,
                 name(out.type));
  const float scale = is_8bit(out.type) ? 1.0F / 256 : widens ? 1.0F / 65536 : 1.0F / 32768;
  const std::int32_t zero = in.type == DType::kInt16 ? 0 : code_range(out.type).lo;
  // TFLite lets the scale be off by a thousandth, and computes with the one that is given.
  if (std::fabs(out.scale() - scale) <= 0.001F * scale && out.zero_point() == zero) return {};
  return error("output '{}' has scale {} and zero point {}, expected {} and {}", out.name, out.scale(),
               out.zero_point(), scale, zero);
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  const auto beta = static_cast<float>(context.attributes->real("beta"));
  if (!(beta > 0) || std::isinf(beta)) return error("beta is {}, expected a positive number", beta);
  constexpr int kMostDepth = 32768;
  if (in.shape.empty() || in.shape.back() < 1 || in.shape.back() > kMostDepth)
    return error("softmax over a last dimension of '{}' {} is not supported", in.name, to_string(in.shape));
  if (all_of_type(context, 1, DType::kFloat32)) {
    if (context.delegated()) return error("the order in which XNNPACK adds binary32 numbers up is not known");
    return std::make_unique<SoftmaxNumbers>(in.shape.back(), beta);
  }
  NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kInt8, DType::kUInt8, DType::kInt16}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(in, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(out, "output"));
  NPUTWIN_RETURN_IF_ERROR(check_output(in, out));
  if (in.type == DType::kInt16) {
    return std::make_unique<SoftmaxInt16>(
        context.multiply(), in.shape.back(),
        quantize_multiplier(static_cast<double>(in.scale() * beta) / (10.0 / 65535.0)));
  }
  SoftmaxMethod method = context.profile->softmax;
  if (method == SoftmaxMethod::kUint16Table && out.type == DType::kInt16) method = SoftmaxMethod::kBinary32Table;
  if (method == SoftmaxMethod::kUint32Table && out.type != DType::kUInt8)
    return error("QNNPACK's softmax supports only uint8, got {}", name(out.type));
  if (method == SoftmaxMethod::kFixedPointTable && (beta != 1 || out.type != in.type))
    return error("TensorFlow writes a softmax of codes as TOSA only for beta 1 and equal types, got {} and {}", beta,
                 name(out.type));
  return std::make_unique<Softmax>(Exponentials(method, context.real(), beta, in, out), in.shape.back());
}

}  // namespace

const OpDefinition& softmax_op() {
  static constexpr OpDefinition kOp{"SOFTMAX", unary_shapes, prepare, Family::kSoftmax};
  return kOp;
}

}  // namespace nputwin::ops::softmax
