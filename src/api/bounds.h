#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "analysis/compare/diff.h"
#include "base/callbacks.h"
#include "sides/side.h"

namespace nputwin::api {

/// What the largest differences of a comparison cannot exceed.
class Bounds {
 public:
  /// An error where a side is no profile. The sides outlive this.
  [[nodiscard]] static Result<Bounds> of(const Sides& sides);
  /// Counts what each op's outputs differ by while `diff` runs, as others that are watched may at the same time. This
  /// outlives it.
  void watch(Diff& diff);
  /// Says it of each layer of the comparison that was watched. A difference that was found and exceeds its bound is a
  /// fault of this library and an error.
  [[nodiscard]] Status add_to(DiffResult& result, const Callbacks& callbacks) const;

 private:
  explicit Bounds(const Sides& sides) : sides_(&sides), mutex_(std::make_unique<std::mutex>()) {}

  const Sides* sides_;
  std::unique_ptr<std::mutex> mutex_;
  /// Of each tensor of codes: B's code less A's, and the most elements of one sample that differ by that.
  std::map<int, std::map<std::int64_t, std::int64_t>> most_;
};

}  // namespace nputwin::api
