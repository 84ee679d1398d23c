#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <typeinfo>

#include "fixed/traced.h"
#include "kernels/definition.h"
#include "kernels/pairs/pairs.h"
#include "ops/elementwise/same_function.h"
#include "tensor/dtype.h"

namespace nputwin {

/// The code that a binary op gives for two input codes. Written once, for plain and for traced numbers: a
/// lambda of `auto`, or a class that can be called so and may have parts(), whose `finish` does not clamp, and
/// shifted_sum(), which is the function itself but for the clamp. What is compared by its == is known to be the same
/// function elsewhere, and prepared once.
class PairFunction {
 public:
  PairFunction() = default;
  template <typename F>
  requires(!std::is_same_v<F, PairFunction>) PairFunction(const F& f) : f_(std::make_shared<const Of<F>>(f)) {}

  [[nodiscard]] std::int64_t operator()(std::int32_t a, std::int32_t b) const { return f_->code(a, b); }
  [[nodiscard]] Traced<std::int64_t> operator()(const Traced<std::int32_t>& a, const Traced<std::int32_t>& b) const {
    return f_->traced(a, b);
  }
  explicit operator bool() const { return f_ != nullptr; }

  /// out[i] = the code of *a and b[i], clamped.
  void row(std::int32_t a, const std::int32_t* b, std::int64_t count, CodeRange clamp, std::int32_t* out) const {
    f_->row(a, b, count, clamp, out);
  }
  /// out[i] = the code of a[i] and b[i], clamped.
  void codes(const std::int32_t* a, const std::int32_t* b, std::int64_t count, CodeRange clamp,
             std::int32_t* out) const {
    f_->codes(a, b, count, clamp, out);
  }
  /// Nothing: it has none, or nobody has written them.
  [[nodiscard]] std::optional<Definition::Parts> parts() const { return f_->parts(); }
  /// Nothing: it is no such sum, or nobody has written it. The clamp is left out.
  [[nodiscard]] std::optional<ShiftedSumForm> shifted_sum() const { return f_->shifted_sum(); }
  /// False says nothing.
  [[nodiscard]] bool same_as(const PairFunction& other) const {
    return f_ == other.f_ || (f_ != nullptr && other.f_ != nullptr && f_->same_as(*other.f_));
  }

 private:
  struct Any {
    Any() = default;
    Any(const Any&) = delete;
    Any& operator=(const Any&) = delete;
    virtual ~Any() = default;
    [[nodiscard]] virtual std::int64_t code(std::int32_t a, std::int32_t b) const = 0;
    [[nodiscard]] virtual Traced<std::int64_t> traced(const Traced<std::int32_t>& a,
                                                      const Traced<std::int32_t>& b) const = 0;
    virtual void row(std::int32_t a, const std::int32_t* b, std::int64_t count, CodeRange clamp,
                     std::int32_t* out) const = 0;
    virtual void codes(const std::int32_t* a, const std::int32_t* b, std::int64_t count, CodeRange clamp,
                       std::int32_t* out) const = 0;
    [[nodiscard]] virtual std::optional<Definition::Parts> parts() const = 0;
    [[nodiscard]] virtual std::optional<ShiftedSumForm> shifted_sum() const = 0;
    [[nodiscard]] virtual bool same_as(const Any& other) const = 0;
  };

  template <typename F>
  struct Of final : Any {
    explicit Of(const F& function) : f(function) {}

    [[nodiscard]] std::int64_t code(std::int32_t a, std::int32_t b) const override { return f(a, b); }
    [[nodiscard]] Traced<std::int64_t> traced(const Traced<std::int32_t>& a,
                                              const Traced<std::int32_t>& b) const override {
      return f(a, b);
    }
    void row(std::int32_t a, const std::int32_t* b, std::int64_t count, CodeRange clamp,
             std::int32_t* out) const override {
      for (std::int64_t i = 0; i < count; ++i) out[i] = clamped_code(a, b[i], clamp);
    }
    void codes(const std::int32_t* a, const std::int32_t* b, std::int64_t count, CodeRange clamp,
               std::int32_t* out) const override {
      for (std::int64_t i = 0; i < count; ++i) out[i] = clamped_code(a[i], b[i], clamp);
    }
    [[nodiscard]] std::optional<Definition::Parts> parts() const override {
      if constexpr (requires { f.parts(); }) return f.parts();
      return std::nullopt;
    }
    [[nodiscard]] std::optional<ShiftedSumForm> shifted_sum() const override {
      if constexpr (requires { f.shifted_sum(); }) return f.shifted_sum();
      return std::nullopt;
    }
    [[nodiscard]] bool same_as(const Any& other) const override {
      const auto* same_class = dynamic_cast<const Of*>(&other);
      return same_class != nullptr && same_function(f, same_class->f);
    }

    [[nodiscard]] std::int32_t clamped_code(std::int32_t a, std::int32_t b, CodeRange clamp) const {
      return static_cast<std::int32_t>(std::clamp<std::int64_t>(f(a, b), clamp.lo, clamp.hi));
    }

    F f;
  };

  std::shared_ptr<const Any> f_;
};

}  // namespace nputwin
