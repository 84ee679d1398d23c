#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "kernels/kernel_form.h"
#include "kernels/pairs/pairs.h"
#include "ops/elementwise/pair_function.h"
#include "ops/elementwise/stepped_sum.h"
#include "tensor/dtype.h"

namespace nputwin {

/// About what a function of two codes is before it is rounded and clamped: m*a*b + s*a + t*b + u. Only speed rests on
/// it.
struct Bilinear {
  double m, s, t, u;

  /// ra*(a - za) + rb*(b - zb) + zero
  static Bilinear sum(double ra, std::int32_t za, double rb, std::int32_t zb, std::int32_t zero) {
    return {0, ra, rb, zero - ra * za - rb * zb};
  }
  /// ratio*(a - za)*(b - zb) + zero
  static Bilinear product(double ratio, std::int32_t za, std::int32_t zb, std::int32_t zero) {
    return {ratio, -ratio * zb, -ratio * za, zero + ratio * za * zb};
  }
};

/// What may be done in advance for a function of two codes.
enum class PairEffort : std::uint8_t {
  kNone,      ///< it is evaluated each time
  kForms,     ///< 8-bit codes: forms that need no more than some hundred values of the function
  kAllPairs,  ///< or all 65,536: a table, and a form that is tried on it
};

/// A function of two codes of one type, clamped, in its fastest form.
class PairCodes {
 public:
  struct What {
    PairFunction function;
    DType type;
    CodeRange clamp;
    Isa isa;
    PairEffort effort;
  };
  PairCodes(What what, const std::optional<Bilinear>& about);

  /// T is the type's. Each input advances by a step of 0 or 1.
  template <typename T>
  void run(const T* a, std::int64_t step_a, const T* b, std::int64_t step_b, std::int64_t count, T* out) const;
  [[nodiscard]] std::int32_t code(std::int32_t a, std::int32_t b) const;
  [[nodiscard]] const PairFunction& function() const { return what_.function; }
  [[nodiscard]] CodeRange clamp() const { return what_.clamp; }
  [[nodiscard]] const KernelForm& form() const { return kernel_form_; }

  /// Whether all codes are known to be equal.
  [[nodiscard]] bool same_codes(const PairCodes& other) const;
  /// Whether this is what PairCodes(what, ...) would be.
  [[nodiscard]] bool is(const What& what) const;

 private:
  /// The name of the form that it has found; empty: none of these.
  [[nodiscard]] std::string choose_vectors(const std::optional<Bilinear>& about);
  [[nodiscard]] std::optional<ShiftedSumForm> shifted_sum() const;
  /// A product or a sum of weights.
  [[nodiscard]] std::variant<std::monostate, ProductForm, WeightedSumForm> scaled(const Bilinear& about) const;
  [[nodiscard]] std::optional<Scaling> scaling(const Definition::Parts& parts, double ratio, std::int32_t zero,
                                               std::int64_t lowest, std::int64_t highest) const;
  [[nodiscard]] BilinearForm bilinear(const Bilinear& about) const;
  template <typename T>
  [[nodiscard]] BilinearMisses misses(const BilinearForm& form) const;
  [[nodiscard]] std::vector<std::uint8_t> all_codes() const;
  [[nodiscard]] std::optional<SteppedSum> stepped_sum() const;
  template <typename T>
  void run_form(const T* a, const T* b, std::int64_t count, T* out) const;
  template <typename T>
  void run_function(const T* a, std::int64_t step_a, const T* b, std::int64_t step_b, std::int64_t count, T* out) const;

  What what_;
  KernelForm kernel_form_;
  std::variant<std::monostate, ShiftedSumForm, ProductForm, WeightedSumForm, SteppedSum, BilinearForm> form_;
  PairKernels kernels_;
  std::vector<std::uint8_t> table_;  // by place_in_pair_table; empty: nothing needs it
};

/// What has been prepared for the functions of a model, or of several: nodes whose functions are equal share it. Any
/// thread.
class PairCache {
 public:
  [[nodiscard]] std::shared_ptr<const PairCodes> get(PairCodes::What what, const std::optional<Bilinear>& about);

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<const PairCodes>> codes_;
};

}  // namespace nputwin
