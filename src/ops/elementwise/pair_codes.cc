// Forms of functions of two 8-bit codes that are sums or products before they are rounded:
//
//   shifted sum   the function's own integers
//   product       x = (a - za)*(b - zb), exact; x*ratio + above (or below) in binary32, the nearest integer. The
//   function
//                 and that rise with x or stay: the form is tried where the function's code changes, on both sides of
//                 each step. What is added moves the form's steps to the function's, however that rounds.
//   weighted sum  the same of x = a*wa + b*wb + start
//   stepped sum   not by vectors, for outputs too small for the next: where the code of a sum of two numbers changes
//   bilinear      x = (a*m + t)*b + (a*s + u) in binary32, the nearest integer, tried on all 65,536 pairs. Where it is
//                 another code, x is near a tie; pairs as near as that are taken from a table. u is moved, too.

#include "ops/elementwise/pair_codes.h"

#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "ops/elementwise/steps.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace {

/// Pairs that go to the table cost some ten times as much as others, and as many as 2 (1/2 - limit) of all do.
constexpr float kLeastLimit = 0.45F;
/// Of x; BilinearForm.
constexpr double kMostReal = 0x1p15 - 1;

BilinearForm binary32(const Bilinear& about, CodeRange clamp) {
  return {static_cast<float>(about.m), static_cast<float>(about.s),  static_cast<float>(about.t),
          static_cast<float>(about.u), static_cast<float>(clamp.lo), static_cast<float>(clamp.hi)};
}

/// It is largest at a corner of the codes' square; each part of the sum, too, is well inside.
bool fits(const Bilinear& about) {
  constexpr double kMostCode = 256;
  return (std::abs(about.m) * kMostCode + std::abs(about.s) + std::abs(about.t)) * kMostCode + std::abs(about.u) <
         kMostReal;
}

/// Numbers from `least` to `most`.
struct Interval {
  double least = -std::numeric_limits<double>::infinity(), most = std::numeric_limits<double>::infinity();

  void at_least(double x) { least = std::max(least, x); }
  void at_most(double x) { most = std::min(most, x); }
  [[nodiscard]] bool empty() const { return !(least < most); }
  /// The middle; 0 of what has no ends, else a number beside the end.
  [[nodiscard]] double middle() const {
    constexpr double kBeside = 0x1p-10;
    if (std::isfinite(least) && std::isfinite(most)) return (least + most) / 2;
    if (std::isfinite(least)) return std::max(0.0, least + kBeside);
    if (std::isfinite(most)) return std::min(0.0, most - kBeside);
    return 0;
  }
};

/// start + slope * code
struct Line {
  std::int64_t start, slope;
  [[nodiscard]] std::int64_t at(std::int64_t code) const { return start + slope * code; }
};

/// Nothing: the function of the codes is none.
std::optional<Line> line(const std::function<std::int64_t(std::int64_t)>& f, CodeRange codes) {
  const Line line{f(0), f(1) - f(0)};
  for (std::int32_t code = codes.lo; code <= codes.hi; ++code) {
    if (f(code) != line.at(code)) return std::nullopt;
  }
  return line;
}

}  // namespace

PairCodes::PairCodes(What what, const std::optional<Bilinear>& about) : what_(std::move(what)) {
  if (what_.effort == PairEffort::kNone) return;
  if (what_.isa.scalar()) {
    kernel_form_.refused.push_back({"bilinear", kScalarAskedFor});
  } else {
    kernels_ = pairs_forms(what_.isa);
    kernel_form_.name = choose_vectors(about);
    if (!kernel_form_.name.empty()) {
      kernel_form_.isa = std::holds_alternative<SteppedSum>(form_) ? "scalar" : what_.isa.name;
      return;
    }
  }
  const bool all_pairs = what_.effort == PairEffort::kAllPairs;
  if (all_pairs && table_.empty()) table_ = all_codes();
  kernel_form_.name = all_pairs ? "pair_table" : "scalar";
}

std::string PairCodes::choose_vectors(const std::optional<Bilinear>& about) {
  const auto refuse = [&](const char* form, const char* why) { kernel_form_.refused.push_back({form, why}); };
  if (const auto sum = shifted_sum()) {
    form_ = *sum;
    return "shifted_sum";
  }
  if (!about) {
    refuse("bilinear", "the function is no sum and no product of its inputs");
    return {};
  }
  if (!fits(*about)) {
    refuse("bilinear", "its scales make values that 16 bits do not hold");
    return {};
  }
  const auto of_scaled = scaled(*about);
  if (const auto* product = std::get_if<ProductForm>(&of_scaled)) {
    form_ = *product;
    return "product";
  }
  if (const auto* sum = std::get_if<WeightedSumForm>(&of_scaled)) {
    form_ = *sum;
    return "weighted_sum";
  }
  if (what_.effort != PairEffort::kAllPairs) {
    const auto sum = stepped_sum();
    if (!sum) return {};
    form_ = *sum;
    return "stepped_sum";
  }
  table_ = all_codes();
  const BilinearForm form = bilinear(*about);
  if (form.limit < kLeastLimit) {
    refuse("bilinear", "the codes are too far from the nearest to a sum or a product");
    return {};
  }
  form_ = form;
  if (form.limit <= 0.5F) return "bilinear_guarded";
  table_ = {};
  return "bilinear";
}

std::optional<ShiftedSumForm> PairCodes::shifted_sum() const {
  std::optional<ShiftedSumForm> form = what_.function.shifted_sum();
  if (form) form->lo = what_.clamp.lo, form->hi = what_.clamp.hi;
  return form;
}

std::variant<std::monostate, ProductForm, WeightedSumForm> PairCodes::scaled(const Bilinear& about) const {
  const std::optional<Definition::Parts> parts = what_.function.parts();
  if (!parts) return {};
  const CodeRange in = code_range(what_.type);
  const auto of_a = line(parts->first, in), of_b = line(parts->second, in);
  if (!of_a || !of_b) return {};
  if (parts->product) {
    if (of_a->slope != 1 || of_b->slope != 1 || !(about.m > 0)) return {};
    const auto [lowest, highest] = std::minmax({of_a->at(in.lo) * of_b->at(in.lo), of_a->at(in.lo) * of_b->at(in.hi),
                                                of_a->at(in.hi) * of_b->at(in.lo), of_a->at(in.hi) * of_b->at(in.hi)});
    const auto za = static_cast<std::int32_t>(-of_a->start), zb = static_cast<std::int32_t>(-of_b->start);
    const std::int64_t zero = std::llround(about.u - about.m * za * zb);
    const auto found = scaling(*parts, about.m, static_cast<std::int32_t>(zero), lowest, highest);
    if (found) return ProductForm{za, zb, *found};
    return {};
  }
  constexpr std::int64_t kMostWeight = (1 << 15) - 1;
  if (of_a->slope == 0 || std::abs(of_a->slope) > kMostWeight || std::abs(of_b->slope) > kMostWeight) return {};
  const double ratio = about.s / static_cast<double>(of_a->slope);
  const std::int64_t start = of_a->start + of_b->start;
  const auto [least_a, most_a] = std::minmax({of_a->at(in.lo), of_a->at(in.hi)});
  const auto [least_b, most_b] = std::minmax({of_b->at(in.lo), of_b->at(in.hi)});
  const std::int64_t zero = std::llround(about.u - ratio * static_cast<double>(start));
  const auto found = scaling(*parts, ratio, static_cast<std::int32_t>(zero), least_a + least_b, most_a + most_b);
  if (!found) return {};
  return WeightedSumForm{static_cast<std::int32_t>(of_a->slope), static_cast<std::int32_t>(of_b->slope),
                         static_cast<std::int32_t>(start), *found};
}

/// Of the numbers from `lowest` to `highest`, which are about (code - zero) / ratio.
std::optional<Scaling> PairCodes::scaling(const Definition::Parts& parts, double ratio, std::int32_t zero,
                                          std::int64_t lowest, std::int64_t highest) const {
  constexpr std::int64_t kMost = (1 << 24) - 1;                  // binary32 holds them
  constexpr double kMostScaled = 0x1p20, kLeastRatio = 0x1p-20;  // codes over it are far inside 32 bits
  if (lowest < std::max(parts.lowest, -kMost) || highest > std::min(parts.highest, kMost) || !(ratio >= kLeastRatio))
    return {};
  if (!(ratio * static_cast<double>(std::max(-lowest, highest)) < kMostScaled) || std::abs(zero) > 255) return {};
  const auto code = [&](std::int64_t x) {
    return static_cast<std::int32_t>(std::clamp<double>(parts.finish(x), what_.clamp.lo, what_.clamp.hi));
  };
  Scaling result{static_cast<float>(ratio), 0, 0, zero, what_.clamp.lo, what_.clamp.hi};
  ratio = static_cast<double>(result.ratio);
  const auto from = static_cast<std::int32_t>(lowest), to = static_cast<std::int32_t>(highest);
  std::vector<std::int32_t> tried = {from, to};
  Interval below, above;  // what may be added
  double tie = code(from) - zero + 0.5;
  for (const std::int32_t step : steps_of(code, ratio, zero, from, to)) {
    (step < 0 ? below : above).at_least(tie - ratio * step);
    (step - 1 < 0 ? below : above).at_most(tie - ratio * (step - 1));
    tried.push_back(step - 1);
    tried.push_back(step);
    ++tie;
  }
  Interval one = below;
  one.at_least(above.least), one.at_most(above.most);
  result.below = static_cast<float>((one.empty() ? below : one).middle());
  result.above = static_cast<float>((one.empty() ? above : one).middle());
  if (!(result.below <= result.above && std::abs(result.below) < 1 && std::abs(result.above) < 1)) return {};

  tried.resize((tried.size() + 63) / 64 * 64, from);
  std::vector<std::int32_t> found(tried.size());
  kernels_.scale(result, tried.data(), static_cast<std::int64_t>(tried.size()), found.data());
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (found[i] != code(tried[i])) return {};
  }
  return result;
}

BilinearForm PairCodes::bilinear(const Bilinear& about) const {
  const auto tried = [&](BilinearForm& form) {
    const BilinearMisses found = what_.type == DType::kInt8 ? misses<std::int8_t>(form) : misses<std::uint8_t>(form);
    form.limit = found.limit;
    return found;
  };
  BilinearForm form = binary32(about, what_.clamp);
  const BilinearMisses first = tried(form);
  if (form.limit > 0.5F) return form;
  BilinearForm moved = form;
  moved.u += (first.least + first.most) / 2;
  if (!(std::abs(moved.u - form.u) < 1)) return form;
  tried(moved);
  return moved.limit > form.limit ? moved : form;
}

template <typename T>
BilinearMisses PairCodes::misses(const BilinearForm& form) const {
  std::array<T, 256> a, b;
  std::iota(b.begin(), b.end(), T{0});
  BilinearMisses found;
  for (int row = 0; row < 256; ++row) {
    a.fill(static_cast<T>(row));
    const auto* expected =
        reinterpret_cast<const T*>(table_.data() + place_in_pair_table(static_cast<std::uint8_t>(row), 0));
    kernels_.of(T{}).compare(form, a.data(), b.data(), expected, found);
  }
  return found;
}

std::vector<std::uint8_t> PairCodes::all_codes() const {
  if (!table_.empty()) return table_;
  std::vector<std::uint8_t> table(65536);
  // The instruction set scalar stays the definition.
  if (const auto sum = what_.isa.scalar() ? std::nullopt : stepped_sum()) {
    for (std::size_t place = 0; place < table.size(); ++place)
      table[place] = sum->code(static_cast<std::uint8_t>(place >> 8), static_cast<std::uint8_t>(place));
    return table;
  }
  std::array<std::int32_t, 256> b{}, codes{};
  const CodeRange in = code_range(what_.type);
  std::iota(b.begin(), b.end(), in.lo);
  for (std::int32_t a = in.lo; a <= in.hi; ++a) {
    what_.function.row(a, b.data(), 256, what_.clamp, codes.data());
    std::uint8_t* row = table.data() + place_in_pair_table(static_cast<std::uint8_t>(a), 0);
    for (std::size_t i = 0; i < 256; ++i) row[static_cast<std::uint8_t>(b[i])] = static_cast<std::uint8_t>(codes[i]);
  }
  return table;
}

std::optional<SteppedSum> PairCodes::stepped_sum() const {
  const std::optional<Definition::Parts> parts = what_.function.parts();
  return parts ? SteppedSum::of(*parts, code_range(what_.type), what_.clamp) : std::nullopt;
}

std::int32_t PairCodes::code(std::int32_t a, std::int32_t b) const {
  if (!table_.empty()) {
    const std::uint8_t bits = table_[place_in_pair_table(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b))];
    return what_.type == DType::kInt8 ? static_cast<std::int8_t>(bits) : bits;
  }
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(what_.function(a, b), what_.clamp.lo, what_.clamp.hi));
}

bool PairCodes::same_codes(const PairCodes& other) const {
  if (this == &other) return true;
  if (what_.type != other.what_.type) return false;
  if (what_.clamp == other.what_.clamp && what_.function.same_as(other.what_.function)) return true;
  const bool both = what_.effort == PairEffort::kAllPairs && other.what_.effort == PairEffort::kAllPairs;
  return both && all_codes() == other.all_codes();
}

bool PairCodes::is(const What& what) const {
  return what_.type == what.type && what_.clamp == what.clamp && what_.isa == what.isa && what_.effort == what.effort &&
         what_.function.same_as(what.function);
}

template <typename T>
void PairCodes::run_function(const T* a, std::int64_t step_a, const T* b, std::int64_t step_b, std::int64_t count,
                             T* out) const {
  constexpr std::int64_t kPiece = 128;
  std::array<std::int32_t, kPiece> wide_a, wide_b, codes;
  for (std::int64_t i = 0; i < count; i += kPiece) {
    const std::int64_t piece = std::min(kPiece, count - i);
    for (std::int64_t k = 0; k < piece; ++k) {
      wide_a[static_cast<std::size_t>(k)] = a[(i + k) * step_a];
      wide_b[static_cast<std::size_t>(k)] = b[(i + k) * step_b];
    }
    what_.function.codes(wide_a.data(), wide_b.data(), piece, what_.clamp, codes.data());
    for (std::int64_t k = 0; k < piece; ++k) out[i + k] = static_cast<T>(codes[static_cast<std::size_t>(k)]);
  }
}

template <typename T>
void PairCodes::run_form(const T* a, const T* b, std::int64_t count, T* out) const {
  const PairLoops<T>& loops = kernels_.of(T{});
  if (const auto* stepped = std::get_if<SteppedSum>(&form_)) {
    for (std::int64_t i = 0; i < count; ++i)
      out[i] = static_cast<T>(stepped->code(static_cast<std::uint8_t>(a[i]), static_cast<std::uint8_t>(b[i])));
  } else if (const auto* sum = std::get_if<ShiftedSumForm>(&form_)) {
    loops.shifted_sum(*sum, a, b, count, out);
  } else if (const auto* product = std::get_if<ProductForm>(&form_)) {
    loops.product(*product, a, b, count, out);
  } else if (const auto* weighted = std::get_if<WeightedSumForm>(&form_)) {
    loops.weighted_sum(*weighted, a, b, count, out);
  } else {
    loops.bilinear(std::get<BilinearForm>(form_), a, b, count, table_.data(), out);
  }
}

template <typename T>
void PairCodes::run(const T* a, std::int64_t step_a, const T* b, std::int64_t step_b, std::int64_t count,
                    T* out) const {
  if constexpr (sizeof(T) == 1) {
    if (form_.index() != 0) {
      if (step_a == 1 && step_b == 1) return run_form(a, b, count, out);
      constexpr std::int64_t kPiece = 512;
      std::array<T, kPiece> still;  // the input that does not advance
      std::fill_n(still.begin(), std::min(count, kPiece), step_a == 0 ? *a : *b);
      for (std::int64_t i = 0; i < count; i += kPiece) {
        run_form(step_a == 0 ? still.data() : a + i, step_b == 0 ? still.data() : b + i, std::min(kPiece, count - i),
                 out + i);
      }
      return;
    }
    if (!table_.empty()) {
      const std::uint8_t* table = table_.data();
      for (std::int64_t i = 0; i < count; ++i) {
        out[i] = static_cast<T>(table[place_in_pair_table(static_cast<std::uint8_t>(a[i * step_a]),
                                                          static_cast<std::uint8_t>(b[i * step_b]))]);
      }
      return;
    }
  }
  run_function(a, step_a, b, step_b, count, out);
}

template void PairCodes::run(const std::int8_t*, std::int64_t, const std::int8_t*, std::int64_t, std::int64_t,
                             std::int8_t*) const;
template void PairCodes::run(const std::uint8_t*, std::int64_t, const std::uint8_t*, std::int64_t, std::int64_t,
                             std::uint8_t*) const;
template void PairCodes::run(const std::int16_t*, std::int64_t, const std::int16_t*, std::int64_t, std::int64_t,
                             std::int16_t*) const;

std::shared_ptr<const PairCodes> PairCache::get(PairCodes::What what, const std::optional<Bilinear>& about) {
  const std::lock_guard lock(mutex_);
  for (const auto& codes : codes_) {
    if (codes->is(what)) return codes;
  }
  return codes_.emplace_back(std::make_shared<const PairCodes>(std::move(what), about));
}

}  // namespace nputwin
