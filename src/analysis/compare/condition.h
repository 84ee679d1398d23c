#pragma once

#include <string>
#include <string_view>

#include "analysis/compare/difference_stats.h"
#include "base/result.h"

namespace nputwin {

/// A bound on one figure of a comparison: "mismatch>0.1%", "largest>=2", "cosine<0.999", "sqnr<40".
class Condition {
 public:
  /// Figures: mismatch (a share, also in %), largest, bias (its size), std, mae, rmse, sqnr, psnr (dB), cosine.
  /// Relations: > >= < <=.
  [[nodiscard]] static Result<Condition> parse(std::string_view text);

  /// False where the figure is undefined, or infinite as sqnr and psnr of equal tensors are.
  [[nodiscard]] bool holds(const DifferenceStats& stats) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  using Figure = std::optional<double> (*)(const DifferenceStats& stats);
  struct Named;
  static const Named kFigures[];

  std::string text_;
  Figure figure_ = nullptr;
  bool greater_ = true, or_equal_ = false;
  double bound_ = 0;
};

}  // namespace nputwin
