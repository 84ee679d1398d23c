// RESIZE_BILINEAR, input and output quantized alike. Each output position lies a fraction f between two input
// positions; with weights of `bits` bits in both directions
//
//   out = round(sum of the four codes * their two weights / 2^(2 bits))
//
// ten bits, half away     positions in integers of 1/1024. TFLite reference/resize_bilinear.h, int8, int16
// binary32                uint8 there: weights and sum in binary32, + 1/2, cut off; fused multiply-adds on AArch64
// binary32, weights first the same with the two weights multiplied first. TFLite optimized/resize_bilinear.h
// binary32, early half    the same, 1/2 added before the lower two; tflite-runtime's AArch64 wheels
// binary32, factored      ((tl (1-fy) + bl fy) (1-fx) + (tr (1-fy) + br fy) fx) + 1/2, fused: reference before LiteRT,
//                         as compiled for AArch64
// binary32, accumulated   numbers: the four products one after the other. TFLite's optimised kernels
// binary32, halves        numbers of twice the size: means of two and four, columns first. The same
// binary32, rows first    numbers: t = tl + (tr - tl) fx, b likewise, t + (b - t) fy, at the positions of eleven bits;
//                         fused on AArch64. XNNPACK f32-ibilinear
// eleven bits, half up    positions in binary32, weights half_even(f * 2048). XNNPACK s8-ibilinear, both types

#include <algorithm>
#include <cmath>

#include "kernels/explain.h"
#include "ops/checks.h"
#include "ops/move/resize.h"
#include "ops/move/resize_lines.h"
#include "profile/profile.h"
#include "tensor/code_types.h"

namespace nputwin::ops::resize_bilinear {
namespace {

/// Where an output position takes its two samples from.
struct Tap {
  int lo = 0, hi = 0;
  std::int32_t weight = 0;  // of `hi`, in 2^-bits
  float fraction = 0;       // of `hi`, for the binary32 form
  bool operator==(const Tap&) const = default;
};

enum class Form : std::uint8_t {
  kTenBits,
  kBinary32,
  kBinary32WeightsFirst,
  kBinary32EarlyHalf,
  kBinary32Factored,
  kBinary32Accumulated,
  kBinary32Halves,
  kBinary32RowsFirst,
  kElevenBits
};

Tap ten_bits(int i, int in, int out, const ResizeSpec& spec) {
  const int less = spec.align_corners && out > 1 ? 1 : 0;
  const int scale = (1024 * (in - less) + (out - less) / 2) / (out - less);
  const int at = i * scale + (spec.half_pixel_centers ? scale / 2 - 512 : 0);
  Tap tap;
  tap.lo = std::max(at / 1024, 0);
  tap.hi = std::min((at + 1023) / 1024, in - 1);
  tap.weight = at - 1024 * tap.lo;
  return tap;
}

Tap binary32(int i, int in, int out, const ResizeSpec& spec, bool fused) {
  const int less = spec.align_corners && out > 1 ? 1 : 0;
  const float scale = static_cast<float>(in - less) / static_cast<float>(out - less);
  const float at = spec.half_pixel_centers ? multiply_add(static_cast<float>(i) + 0.5F, scale, -0.5F, fused)
                                           : static_cast<float>(i) * scale;
  Tap tap;
  tap.lo = std::max(static_cast<int>(std::floor(at)), 0);
  tap.hi = std::min(static_cast<int>(std::ceil(at)), in - 1);
  tap.fraction = at - static_cast<float>(tap.lo);
  return tap;
}

Tap eleven_bits(int i, int in, int out, const ResizeSpec& spec, bool fused) {
  const int less = spec.align_corners && out > 1 ? 1 : 0;
  const float scale = static_cast<float>(in - less) / static_cast<float>(out - less);
  float at = static_cast<float>(i) * scale;
  if (spec.half_pixel_centers)
    at = std::max(multiply_add(static_cast<float>(i), scale, multiply_add(0.5F, scale, -0.5F, fused), fused), 0.0F);
  at = std::min(at, static_cast<float>(in - 1));
  Tap tap;
  tap.lo = static_cast<int>(at);
  tap.hi = std::min(tap.lo + 1, in - 1);
  tap.fraction = at - static_cast<float>(tap.lo);
  tap.weight = round_real(static_cast<double>(tap.fraction * 2048.0F), Rounding::kHalfToEven);
  return tap;
}

std::vector<Tap> taps(Form form, int in, int out, const ResizeSpec& spec, bool fused) {
  std::vector<Tap> result;
  result.reserve(static_cast<std::size_t>(out));
  for (int i = 0; i < out; ++i) {
    result.push_back(form == Form::kTenBits ? ten_bits(i, in, out, spec)
                     : form == Form::kElevenBits || form == Form::kBinary32RowsFirst
                         ? eleven_bits(i, in, out, spec, fused)
                         : binary32(i, in, out, spec, fused));
  }
  return result;
}

class ResizeBilinear final : public ComparableKernel<ResizeBilinear> {
 public:
  /// `fours`: Profile::resize_bilinear_fours; false for XNNPACK's code, and for codes.
  ResizeBilinear(Form form, const Shape& in, const ResizeSpec& spec, bool fused, bool fours, DType type,
                 const PrepareContext& context)
      : form_(form),
        fused_(fused && !in_integers()),
        apart_(fused_ && fours ? in[3] / 4 * 4 : 0),
        rows_(taps(form, in[1], spec.height, spec, fused)),
        columns_(taps(form, in[2], spec.width, spec, fused)) {
    choose_form(in, type, context);
  }

  [[nodiscard]] KernelForm form() const override { return kernel_form_; }
  [[nodiscard]] std::size_t scratch_bytes() const override { return lines_ ? lines_->scratch_bytes() : 0; }

  void run(const RunContext& context) const override {
    if (lines_) {
      if (context.outputs[0].spec->type == DType::kUInt8) return lines_->run<std::uint8_t>(context);
      return lines_->run<std::int8_t>(context);
    }
    const auto resize = [&](auto code) {
      using T = decltype(code);
      const auto in = context.inputs[0].as<T>();
      const auto out = context.outputs[0].as<T>();
      const Shape& shape = context.inputs[0].spec->shape;
      const auto lines = static_cast<std::int64_t>(rows_.size());
      context.pool->parallel(shape[0] * lines, [&](std::int64_t line, int) {
        const auto* image = in.data() + line / lines * shape[1] * shape[2] * shape[3];
        auto* to = out.data() + line * static_cast<std::int64_t>(columns_.size()) * shape[3];
        const Tap& y = rows_[static_cast<std::size_t>(line % lines)];
        for (const Tap& x : columns_) {
          const auto at = [&](int row, int column) {
            return image + (std::int64_t{row} * shape[2] + column) * shape[3];
          };
          pixel(at(y.lo, x.lo), at(y.lo, x.hi), at(y.hi, x.lo), at(y.hi, x.hi), y, x, shape[3], to);
          to += shape[3];
        }
      });
    };
    const DType type = context.outputs[0].spec->type;
    if (type == DType::kFloat32) return resize(float{});
    with_code_type(type, resize);
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const Shape& in = context.inputs[0].spec->shape;
    const auto width = static_cast<std::int64_t>(columns_.size()), lines = static_cast<std::int64_t>(rows_.size());
    const std::int64_t channel = element % in[3], pixel = element / in[3];
    const Tap &x = columns_[static_cast<std::size_t>(pixel % width)],
              &y = rows_[static_cast<std::size_t>(pixel / width % lines)];
    const DType type = context.outputs[0].spec->type;
    const auto explain_as = [&](auto code) {
      const auto corner = [&](int row, int column, const char* name) {
        const std::int64_t line = pixel / (width * lines) * in[1] + row;
        return explained_input<decltype(code)>(context, 0, (line * in[2] + column) * in[3] + channel, name, trace);
      };
      const auto tl = corner(y.lo, x.lo, "top_left"), tr = corner(y.lo, x.hi, "top_right"),
                 bl = corner(y.hi, x.lo, "bottom_left"), br = corner(y.hi, x.hi, "bottom_right");
      const bool integers = in_integers();
      trace.add_real("weight of the bottom row", integers ? y.weight : static_cast<double>(y.fraction));
      trace.add_real("weight of the right column", integers ? x.weight : static_cast<double>(x.fraction));
      if constexpr (std::is_floating_point_v<decltype(code)>) {
        explained_number(interpolated(tl, tr, bl, br, y.fraction, x.fraction, fuses(channel)), trace);
      } else {
        const auto wide = [](const auto& c) { return to<std::int64_t>(c); };
        const auto real = [](const auto& c) { return to<float>(c); };
        const Traced<std::int64_t> result =
            integers ? weighted(wide(tl), wide(tr), wide(bl), wide(br), y.weight, x.weight)
                     : rounded(interpolated(real(tl), real(tr), real(bl), real(br), y.fraction, x.fraction, fused_));
        explained_code(result, code_range(type), trace);
      }
    };
    if (type == DType::kFloat32) {
      explain_as(float{});
    } else {
      with_code_type(type, explain_as);
    }
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(form_, fused_, apart_, rows_, columns_); }

 private:
  [[nodiscard]] bool in_integers() const { return form_ == Form::kTenBits || form_ == Form::kElevenBits; }
  [[nodiscard]] int one_bits() const { return form_ == Form::kTenBits ? 10 : 11; }

  void choose_form(const Shape& in, DType type, const PrepareContext& context) {
    const auto refuse = [this](std::string why) { kernel_form_.refused.push_back({"resize_lines", std::move(why)}); };
    if (context.isa.scalar()) return refuse(kScalarAskedFor);
    if (!is_8bit(type)) return refuse(fmt::format("it takes 8-bit codes, the op has {}", name(type)));
    if (std::int64_t{in[2]} * in[3] > INT32_MAX) return refuse("a row has 2^31 elements or more");
    const ResizeKernels kernels = resize_lines(context.isa);
    ResizeKernels::Blend blend = nullptr;
    if (in_integers()) {
      // Codes are below 256, and half of the unit that is added is less than the two weights.
      if (256 * most_of(rows_) * most_of(columns_) > INT32_MAX) return refuse("sums can leave 32 bits");
    } else {
      const auto number = static_cast<std::size_t>(blend_of());
      blend = fused_ ? kernels.fused[number] : kernels.blend[number];
      if (blend == nullptr) return refuse("the instruction set has no fused multiply-add");
    }
    std::vector<ResizeLines::Row> rows;
    rows.reserve(rows_.size());
    for (const Tap& tap : rows_) rows.push_back({tap.lo, tap.hi, tap.weight, tap.fraction});
    std::vector<ResizeColumn> columns;
    std::vector<float> fractions;
    columns.reserve(columns_.size());
    fractions.reserve(columns_.size());
    for (const Tap& tap : columns_) {
      columns.push_back({tap.lo * in[3], tap.hi * in[3], tap.weight});
      fractions.push_back(tap.fraction);
    }
    lines_.emplace(kernels, std::move(rows), std::move(columns), fractions, in[3], in_integers() ? one_bits() : 0,
                   form_ == Form::kTenBits, blend, context.threads);
    kernel_form_ = {"resize_lines", context.isa.name, {}, {}};
  }

  /// The most that the two weights of a position add up to, each without its sign.
  [[nodiscard]] std::int64_t most_of(const std::vector<Tap>& taps) const {
    std::int64_t most = 0;
    for (const Tap& tap : taps)
      most = std::max<std::int64_t>(most, std::abs((1 << one_bits()) - tap.weight) + std::abs(tap.weight));
    return most;
  }

  [[nodiscard]] ResizeBlend blend_of() const {
    return form_ == Form::kBinary32WeightsFirst ? ResizeBlend::kWeightsFirst
           : form_ == Form::kBinary32EarlyHalf  ? ResizeBlend::kEarlyHalf
           : form_ == Form::kBinary32Factored   ? ResizeBlend::kFactored
                                                : ResizeBlend::kColumnsLast;
  }

  template <typename T>
  void pixel(const T* tl, const T* tr, const T* bl, const T* br, const Tap& y, const Tap& x, int channels,
             T* out) const {
    if constexpr (std::is_floating_point_v<T>) {
      for (int c = 0; c < channels; ++c)
        out[c] = interpolated(tl[c], tr[c], bl[c], br[c], y.fraction, x.fraction, fuses(c));
    } else if (!in_integers()) {
      for (int c = 0; c < channels; ++c) {
        out[c] = static_cast<T>(
            rounded(interpolated(static_cast<float>(tl[c]), static_cast<float>(tr[c]), static_cast<float>(bl[c]),
                                 static_cast<float>(br[c]), y.fraction, x.fraction, fused_)));
      }
    } else {
      for (int c = 0; c < channels; ++c)
        out[c] = static_cast<T>(weighted(std::int64_t{tl[c]}, std::int64_t{tr[c]}, std::int64_t{bl[c]},
                                         std::int64_t{br[c]}, y.weight, x.weight));
    }
  }

  template <typename N>
  [[nodiscard]] N weighted(const N& tl, const N& tr, const N& bl, const N& br, std::int64_t wy, std::int64_t wx) const {
    const int bits = one_bits();
    const Rounding rounding = form_ == Form::kTenBits ? Rounding::kHalfAwayFromZero : Rounding::kHalfUp;
    const std::int64_t one = std::int64_t{1} << bits;
    const N sum =
        noted("the four codes times their weights",
              N(tl * ((one - wy) * (one - wx)) + bl * (wy * (one - wx)) + tr * ((one - wy) * wx) + br * (wy * wx)));
    return shift_right_rounded(sum, 2 * bits, rounding);
  }

  template <typename N>
  [[nodiscard]] Like<std::int64_t, N> rounded(const N& x) const {
    return to<std::int64_t>(
        to<std::int32_t>(noted("plus 1/2, as binary32", form_ == Form::kBinary32EarlyHalf ? x : N(x + 0.5F))));
  }

  /// Whether a channel of binary32 numbers fuses products with sums.
  [[nodiscard]] bool fuses(std::int64_t channel) const { return fused_ && channel >= apart_; }

  template <typename N>
  [[nodiscard]] N interpolated(const N& tl, const N& tr, const N& bl, const N& br, float fy, float fx,
                               bool fused) const {
    const float gy = 1 - fy, gx = 1 - fx;
    const auto plus = [&](const auto& a, const auto& b, const auto& c) { return multiply_add(a, b, c, fused); };
    switch (form_) {
      case Form::kBinary32WeightsFirst:
        return plus(br, fy * fx, plus(bl, fy * gx, plus(tl, gy * gx, tr * (gy * fx))));
      case Form::kBinary32EarlyHalf:
        return plus(br, fy * fx, plus(bl, fy * gx, N(plus(tl, gy * gx, tr * (gy * fx)) + 0.5F)));
      case Form::kBinary32Accumulated:
        return plus(br, fy * fx, plus(bl, fy * gx, plus(tr, gy * fx, tl * (gy * gx))));
      case Form::kBinary32Halves: {
        const N left = fy == 0 ? tl : N((tl + bl) * 0.5F), right = fy == 0 ? tr : N((tr + br) * 0.5F);
        return fx == 0 ? left : N((left + right) * 0.5F);
      }
      case Form::kBinary32RowsFirst: {
        const N top = plus(N(tr - tl), fx, tl), bottom = plus(N(br - bl), fx, bl);
        return plus(N(bottom - top), fy, top);
      }
      case Form::kBinary32Factored:
        return plus(plus(tl, gy, bl * fy), gx, plus(tr, gy, br * fy) * fx);
      default:
        return plus(br * fy, fx, plus(tr * gy, fx, plus(tl * gy, gx, bl * fy * gx)));
    }
  }

  Form form_;
  bool fused_;
  std::int32_t apart_;  ///< channels of binary32 numbers that do not fuse
  std::vector<Tap> rows_, columns_;
  std::optional<ResizeLines> lines_;
  KernelForm kernel_form_;
};

Result<Form> form_of_numbers(const PrepareContext& context, const ResizeSpec& spec) {
  const Shape& in = context.input(0).shape;
  const bool doubles =
      spec.height == 2 * in[1] && spec.width == 2 * in[2] && !spec.align_corners && !spec.half_pixel_centers;
  if (context.delegated()) return Form::kBinary32RowsFirst;
  switch (context.profile->resize_bilinear) {
    case ResizeBilinearMethod::kTenBits:
      return Form::kBinary32;
    case ResizeBilinearMethod::kWeightsFirst:
      return doubles ? Form::kBinary32Halves : Form::kBinary32Accumulated;
    case ResizeBilinearMethod::kFactored:
      return Form::kBinary32Factored;
    case ResizeBilinearMethod::kElevenBits:
      break;
  }
  return error("what {} computes of float32 is not known", context.profile->name);
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kFloat32}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_moves_any_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const ResizeSpec spec, resize_spec(context));
  Form form = Form::kElevenBits;
  const ResizeBilinearMethod method = context.profile->resize_bilinear;
  if (in.type == DType::kFloat32) {
    NPUTWIN_ASSIGN_OR_RETURN(form, form_of_numbers(context, spec));
  } else if (method != ResizeBilinearMethod::kElevenBits) {
    const Form weights_first = context.profile->reassociates ? Form::kBinary32EarlyHalf : Form::kBinary32WeightsFirst;
    form = in.type != DType::kUInt8                        ? Form::kTenBits
           : method == ResizeBilinearMethod::kWeightsFirst ? weights_first
           : method == ResizeBilinearMethod::kFactored     ? Form::kBinary32Factored
                                                           : Form::kBinary32;
  }
  if (form == Form::kTenBits) {  // the rounded scale, times many positions
    for (const auto& [size, out] : {std::pair{in.shape[1], spec.height}, {in.shape[2], spec.width}}) {
      if (ten_bits(out - 1, size, out, spec).lo >= size)
        return error("from {} to {} positions the runtime's rounded scale leads beyond the input", size, out);
    }
  }
  const bool fours = in.type == DType::kFloat32 && !context.delegated() && context.profile->resize_bilinear_fours;
  return std::make_unique<ResizeBilinear>(form, in.shape, spec, context.profile->fused_multiply_add, fours, in.type,
                                          context);
}

}  // namespace

const OpDefinition& resize_bilinear_op() {
  static constexpr OpDefinition kOp{"RESIZE_BILINEAR", resize_shapes, prepare, Family::kResizeBilinear};
  return kOp;
}

}  // namespace nputwin::ops::resize_bilinear
