// Forms of functions of two 8-bit codes that are sums or products before they are rounded:
//
//   shifted sum   the function's own integers
//   product       p = (a - za)*(b - zb) is exact; x = p*ratio + above (or below) in binary32, the nearest integer. The
//                 function and x rise with p or stay: the form is tried where the function's code changes, on both
//                 sides of each step. What is added moves the form's steps to the function's, however that rounds.
//   bilinear      x = (a*m + t)*b + (a*s + u) in binary32, the nearest integer, tried on all 65,536 pairs. Where it is
//                 another code, x is near a tie; pairs as near as that are taken from a table. u is moved, too.

#include "ops/elementwise/pair_codes.h"

#include <array>
#include <cmath>
#include <limits>
#include <numeric>

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

/// The least p from `from` to `to` for which `is` holds, which holds for `to` and rises with p; `about` is a guess.
template <typename Is>
std::int32_t first_at_least(std::int32_t from, std::int32_t to, double about, const Is& is) {
  const auto guess = static_cast<std::int32_t>(std::clamp<double>(about, from, to));
  std::int32_t low = from, high = to, stride = 1;  // the answer is in low..high
  if (is(guess)) {
    for (high = guess; high - stride >= low && is(high - stride); stride *= 2) high -= stride;
    low = std::max(low, high - stride + 1);
  } else {
    for (low = guess + 1; low + stride - 1 < high && !is(low + stride - 1); stride *= 2) low += stride;
    high = std::min(high, low + stride - 1);
  }
  while (low < high) {
    const std::int32_t middle = low + (high - low) / 2;
    if (is(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
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
      kernel_form_.isa = what_.isa.name;
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
  if (const auto form = product(*about)) {
    form_ = *form;
    return "product";
  }
  if (what_.effort != PairEffort::kAllPairs) return {};
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

std::optional<ProductForm> PairCodes::product(const Bilinear& about) const {
  const std::optional<Definition::Parts> parts = what_.function.parts();
  if (!parts || !parts->product || !(about.m > 0)) return std::nullopt;
  const CodeRange in = code_range(what_.type);
  const auto za = static_cast<std::int32_t>(-parts->first(0)), zb = static_cast<std::int32_t>(-parts->second(0));
  const auto corners = std::minmax({(in.lo - za) * (in.lo - zb), (in.lo - za) * (in.hi - zb),
                                    (in.hi - za) * (in.lo - zb), (in.hi - za) * (in.hi - zb)});
  const std::int32_t lowest = corners.first, highest = corners.second;
  if (lowest < parts->lowest || highest > parts->highest) return std::nullopt;
  const auto code = [&](std::int32_t p) {
    return static_cast<std::int32_t>(std::clamp<double>(parts->finish(p), what_.clamp.lo, what_.clamp.hi));
  };
  ProductForm form{za, zb, static_cast<float>(about.m), 0, 0, 0, what_.clamp.lo, what_.clamp.hi};
  form.zero = static_cast<std::int32_t>(std::lround(about.u - about.m * za * zb));
  const auto ratio = static_cast<double>(form.ratio);

  std::vector<std::int32_t> tried = {lowest, highest};
  Interval below, above;  // what may be added
  std::int32_t from = lowest;
  for (std::int32_t c = code(lowest) + 1; c <= code(highest); ++c) {
    const double tie = c - form.zero - 0.5;
    const std::int32_t step =
        first_at_least(from, highest, std::ceil(tie / ratio), [&](std::int32_t p) { return code(p) >= c; });
    (step < 0 ? below : above).at_least(tie - ratio * step);
    (step - 1 < 0 ? below : above).at_most(tie - ratio * (step - 1));
    tried.push_back(step - 1);
    tried.push_back(step);
    from = step;
  }
  Interval one = below;
  one.at_least(above.least), one.at_most(above.most);
  form.below = static_cast<float>((one.empty() ? below : one).middle());
  form.above = static_cast<float>((one.empty() ? above : one).middle());
  if (!(form.below <= form.above && form.above - form.below < 1)) return std::nullopt;

  tried.resize((tried.size() + 63) / 64 * 64, lowest);
  std::vector<std::int32_t> found(tried.size());
  kernels_.codes_of_products(form, tried.data(), static_cast<std::int64_t>(tried.size()), found.data());
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (found[i] != code(tried[i])) return std::nullopt;
  }
  return form;
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
  if (const auto* sum = std::get_if<ShiftedSumForm>(&form_)) {
    loops.shifted_sum(*sum, a, b, count, out);
  } else if (const auto* product = std::get_if<ProductForm>(&form_)) {
    loops.product(*product, a, b, count, out);
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
