#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/compare/diff_result.h"
#include "analysis/compare/metric.h"
#include "base/result.h"

namespace nputwin {

/// A bound on one figure of a comparison, at some places of the model:
///
///   CONDITION = [SCOPE] FIGURE RELATION NUMBER [%]
///   SCOPE     = isolated: | [isolated:] layer: LAYER : | [isolated:] output: [NAME :]
///   LAYER     = an op's number | NAME of one of its outputs
///   NAME      = 'any characters' | "any characters"; the quote itself is doubled
///   FIGURE    = a name of Metric
///   RELATION  = > | >= | < | <=
///
/// with blanks wherever one likes. Without a scope it is held against every layer's accumulated figures.
class Condition {
 public:
  /// An error too where the figure can never, or must always, be beyond the number.
  [[nodiscard]] static Result<Condition> parse(std::string_view text);

  struct Scope {
    enum class Of : std::uint8_t { kLayers, kLayer, kOutputs, kOutput };
    bool isolated = false;
    Of of = Of::kLayers;
    std::string which;    ///< of kLayer and kOutput: the number, or the name without its quotes
    bool by_name = true;  ///< which of the two
    bool operator==(const Scope&) const = default;
  };
  [[nodiscard]] const Scope& scope() const { return scope_; }
  [[nodiscard]] Metric metric() const { return metric_; }
  /// As it was written.
  [[nodiscard]] const std::string& text() const { return text_; }

  /// NaN is beyond every bound: what nobody can compute must not pass.
  [[nodiscard]] bool holds(double value) const;
  /// False where there is no such figure.
  [[nodiscard]] bool holds(const DifferenceStats& stats) const;
  /// Whether `value` is further on the wrong side than `before`, by more than was lost when that was printed.
  [[nodiscard]] bool is_worse(double value, double before) const;

  /// A place that the condition is of.
  struct Place {
    const LayerDiff* layer;
    const OutputDiff* output;  ///< null where the scope is layers
    double value;
  };
  /// All such places. An error, which says why, where there is none: a gate that looks at nothing cannot fail.
  [[nodiscard]] Result<std::vector<Place>> look(const DiffResult& result) const;

 private:
  [[nodiscard]] bool is_of_outputs() const {
    return scope_.of == Scope::Of::kOutputs || scope_.of == Scope::Of::kOutput;
  }
  [[nodiscard]] const DifferenceStats& stats_of(const LayerDiff& layer) const {
    return scope_.isolated ? layer.isolated : layer.accumulated;
  }
  [[nodiscard]] bool is_of(const LayerDiff& layer) const;
  [[nodiscard]] std::optional<double> figure_at(const LayerDiff& layer, const OutputDiff* output) const;
  [[nodiscard]] std::string why_nothing(const DiffResult& result) const;

  std::string text_;
  Scope scope_;
  Metric metric_ = Metric::kMismatch;
  bool greater_ = true, or_equal_ = false;
  double bound_ = 0;
};

}  // namespace nputwin
