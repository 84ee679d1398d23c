#include "report/bound_report.h"

#include "base/in_lines.h"
#include "report/diff_table.h"
#include "report/text.h"
#include "report/text_table.h"
#include "report/verdict.h"

namespace nputwin::report {
namespace {

/// A bound as wide as the range says nothing.
bool says_something(const std::optional<double>& bound, const LayerBound& of) {
  return bound && (!of.range || *bound < *of.range || *bound == 0);
}

std::string cell(const std::optional<double>& bound, const LayerBound& of) {
  if (!bound) return "-";
  return says_something(bound, of) ? fmt::format("{:.4g}", *bound) : "any";
}

std::string found(const DifferenceStats& stats) {
  if (stats.elements() == 0) return "-";
  return stats.nans() > 0 ? "undefined" : fmt::format("{:.4g}", stats.largest());
}

constexpr const char* kLegend =
    "largest differences (in steps where a layer has codes), and what they cannot exceed. isolated: for all inputs, as "
    "prove finds it. inputs as here: where "
    "the layer's inputs differ by no more, and no more of them, than in one sample here. all inputs: of the model. "
    "any: the bound is the layer's range, so it says nothing; -: not known";

Json number(const std::optional<double>& bound) { return bound ? Json(*bound) : Json(nullptr); }

}  // namespace

std::string bounds_table(const DiffResult& result, std::size_t columns) {
  TextTable table(
      {{"op"}, {"type", true}, {"isolated"}, {"bound"}, {"accumulated"}, {"inputs as here"}, {"all inputs"}});
  bool any = false;
  for (const LayerDiff& layer : result.layers) {
    if (!layer.bound) continue;
    any = true;
    table.add({op_label(layer), shortened(layer.op, 20), found(layer.isolated),
               cell(layer.bound->isolated, *layer.bound), found(layer.accumulated),
               cell(layer.bound->step, *layer.bound), cell(layer.bound->accumulated, *layer.bound)});
  }
  return any ? in_lines(kLegend, columns, 2) + table.text() + "\n" : "";
}

std::string bound_sentence(const LayerDiff& layer) {
  if (!layer.bound) return "";
  const LayerBound& bound = *layer.bound;
  if (says_something(bound.accumulated, bound))
    return *bound.accumulated == 0 ? "equal for all inputs"
                                   : "for all inputs at most " + difference_text(layer, *bound.accumulated);
  std::string none = bound.range ? fmt::format("for all inputs no bound below its range of {:.0f} steps", *bound.range)
                                 : "for all inputs no bound";
  if (!says_something(bound.step, bound)) return none;
  return fmt::format("at most {} where its layer's inputs differ no more, and no more of them, than here; {}",
                     difference_text(layer, *bound.step), none);
}

Json bound_json(const LayerDiff& layer) {
  if (!layer.bound) return nullptr;
  return {{"isolated", number(layer.bound->isolated)},
          {"accumulated_from_found_inputs", number(layer.bound->step)},
          {"accumulated", number(layer.bound->accumulated)},
          {"range", number(layer.bound->range)}};
}

}  // namespace nputwin::report
