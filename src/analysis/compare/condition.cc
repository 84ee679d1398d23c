#include "analysis/compare/condition.h"

#include <algorithm>
#include <cmath>

#include "analysis/compare/condition_parser.h"

namespace nputwin {
namespace {

/// "can never hold", "always holds"; empty where it depends on the figure.
std::string_view foregone(const MetricRange& range, bool greater, bool or_equal, double bound) {
  if (greater ? bound > range.most || (bound == range.most && !or_equal)
              : bound < range.least || (bound == range.least && !or_equal))
    return "can never hold";
  if (greater ? bound < range.least || (bound == range.least && or_equal)
              : bound > range.most || (bound == range.most && or_equal))
    return "always holds";
  return "";
}

std::string range_text(const MetricRange& range) {
  if (range.is_share) return "a share from 0 to 1";
  return std::isinf(range.most) ? fmt::format("{} or more", range.least)
                                : fmt::format("from {} to {}", range.least, range.most);
}

/// That the figure may be on either side of the bound.
Status check_bound(std::string_view text, const ParsedCondition& parsed, double bound) {
  const MetricRange range = range_of(parsed.metric);
  const std::string_view word = foregone(range, parsed.greater, parsed.or_equal, bound);
  if (word.empty()) return {};
  const bool meant_percent = range.is_share && !parsed.percent && parsed.number > 0 &&
                             foregone(range, parsed.greater, parsed.or_equal, bound / 100).empty();
  return error("'{}': {} is {}: '{}{}' {}{}", text, name(parsed.metric), range_text(range), parsed.bound,
               parsed.percent ? "%" : "", word,
               meant_percent ? fmt::format("; did you mean '{}{}%'?", name(parsed.metric), parsed.bound) : "");
}

Status check_scope(std::string_view text, const ParsedCondition& parsed) {
  using Of = Condition::Scope::Of;
  const bool of_layers = parsed.scope.of == Of::kLayers || parsed.scope.of == Of::kLayer;
  if (range_of(parsed.metric).is_of_rows && (of_layers || parsed.scope.isolated))
    return error("'{}': {} is a figure of the model's outputs: expected output:{}{}{}", text, name(parsed.metric),
                 name(parsed.metric), parsed.bound, parsed.percent ? "%" : "");
  return {};
}

}  // namespace

Result<Condition> Condition::parse(std::string_view text) {
  NPUTWIN_ASSIGN_OR_RETURN(const ParsedCondition parsed, parse_condition(text));
  if (parsed.percent && !range_of(parsed.metric).is_share)
    return error("'{}': {} is no share; only mismatch, top1 and top5 are given in percent", text, name(parsed.metric));
  Condition condition;
  condition.text_ = text;
  condition.scope_ = parsed.scope;
  condition.metric_ = parsed.metric;
  condition.greater_ = parsed.greater;
  condition.or_equal_ = parsed.or_equal;
  condition.bound_ = parsed.percent ? parsed.number / 100 : parsed.number;
  NPUTWIN_RETURN_IF_ERROR(check_scope(text, parsed));
  NPUTWIN_RETURN_IF_ERROR(check_bound(text, parsed, condition.bound_));
  return condition;
}

bool Condition::holds(double value) const {
  if (std::isnan(value) || (or_equal_ && value == bound_)) return true;
  return greater_ ? value > bound_ : value < bound_;
}

bool Condition::holds(const DifferenceStats& stats) const {
  const std::optional<double> value = figure_of(metric_, stats);
  return value && holds(*value);
}

bool Condition::is_worse(double value, double before) const {
  constexpr double kPrinted = 1e-9;
  if (std::isnan(value) || std::isnan(before)) return !std::isnan(before);
  const double slack = std::isfinite(before) ? kPrinted * std::abs(before) : 0;
  return greater_ ? value > before + slack : value < before - slack;
}

bool Condition::is_of(const LayerDiff& layer) const {
  if (scope_.of != Scope::Of::kLayer) return true;
  return scope_.by_name ? layer.name == scope_.which : std::to_string(layer.node.index) == scope_.which;
}

std::optional<double> Condition::figure_at(const LayerDiff& layer, const OutputDiff* output) const {
  if (!range_of(metric_).is_of_rows) return figure_of(metric_, stats_of(layer));
  const auto* rows = output == nullptr ? nullptr : output->as<ClassAgreement>();
  return rows == nullptr ? std::nullopt : figure_of(metric_, *rows);
}

Result<std::vector<Condition::Place>> Condition::look(const DiffResult& result) const {
  std::vector<Place> places;
  const auto add = [&](const LayerDiff& layer, const OutputDiff* output) {
    if (const auto value = figure_at(layer, output)) places.push_back({&layer, output, *value});
  };
  if (is_of_outputs()) {
    for (const OutputDiff& output : result.outputs) {
      if (scope_.of == Scope::Of::kOutputs || output.name == scope_.which) add(result.layers[output.layer], &output);
    }
  } else {
    for (const LayerDiff& layer : result.layers) {
      if (is_of(layer)) add(layer, nullptr);
    }
  }
  if (places.empty())
    return error("'{}' looks at nothing, and a gate that cannot fail is none: {}", text_, why_nothing(result));
  return places;
}

std::string Condition::why_nothing(const DiffResult& result) const {
  const auto is_meant = [&](const OutputDiff& o) { return scope_.of == Scope::Of::kOutputs || o.name == scope_.which; };
  std::vector<const LayerDiff*> meant;
  const OutputDiff* output = nullptr;
  if (is_of_outputs()) {
    const auto found = std::ranges::find_if(result.outputs, is_meant);
    if (found == result.outputs.end()) return "no such output of the model was compared";
    output = &*found;
    meant.push_back(&result.layers[output->layer]);
  } else {
    for (const LayerDiff& layer : result.layers) {
      if (is_of(layer)) meant.push_back(&layer);
    }
    if (meant.empty()) return "no such layer was compared";
  }
  if (range_of(metric_).is_of_rows) {
    const auto* rows = output->as<ClassAgreement>();
    if (rows == nullptr)
      return fmt::format("output '{0}' is not known to be scores of classes, but {1}; --output-kind {2} says so",
                         output->name, name(output->kind), "'" + output->name + "=classes'");
    return fmt::format("output '{}' has no more than five classes, which any first five have in common", output->name);
  }
  const bool any = std::ranges::any_of(meant, [&](const LayerDiff* l) { return stats_of(*l).elements() > 0; });
  if (!any && scope_.isolated) return "there are no isolated figures of it, as between two recordings";
  if (!any) return "it has no element";
  return fmt::format("its values are numbers, and {} is of quantized values", name(metric_));
}

}  // namespace nputwin
