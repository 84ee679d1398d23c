#include "analysis/compare/diff_result.h"

#include <algorithm>

namespace nputwin {
namespace {

bool same_layer(const LayerDiff& x, const LayerDiff& y) {
  return x.node == y.node && x.output == y.output && x.tensor == y.tensor && x.name == y.name && x.type == y.type &&
         x.shape == y.shape;
}

Status check_same(std::string_view what, const std::string& own, const std::string& other) {
  if (own == other) return {};
  return error("{} is '{}' in one part and '{}' in another", what, own, other);
}

/// Whether two results are of the same comparison.
Status check_mergeable(const DiffResult& own, const DiffResult& other) {
  NPUTWIN_RETURN_IF_ERROR(check_same("A", own.a, other.a));
  NPUTWIN_RETURN_IF_ERROR(check_same("B", own.b, other.b));
  NPUTWIN_RETURN_IF_ERROR(check_same("the reference profile", own.reference_profile, other.reference_profile));
  if (own.not_run != other.not_run) return error("other ops are not run in one part than in another");
  if (own.layers.size() != other.layers.size())
    return error("one part compares {} tensors, another {}", own.layers.size(), other.layers.size());
  for (std::size_t i = 0; i < own.layers.size(); ++i) {
    if (!same_layer(own.layers[i], other.layers[i]))
      return error("tensor {} of those compared is '{}' {} in one part and '{}' {} in another", i, own.layers[i].name,
                   to_string(own.layers[i].shape), other.layers[i].name, to_string(other.layers[i].shape));
  }
  const auto of_kind = [](const OutputDiff& x, const OutputDiff& y) { return x.name == y.name && x.kind == y.kind; };
  if (!std::ranges::equal(own.outputs, other.outputs, of_kind))
    return error("the model's outputs are not of the same kinds in one part and in another (--output-kind)");
  if (own.pairs.size() != other.pairs.size() || own.a_is_capture != other.a_is_capture ||
      own.b_is_capture != other.b_is_capture)
    return error("a side is a profile in one part and a recording in another");
  return {};
}

/// "op 3", "ops 3, 5 and 7", "ops 0, 1, 2 and 16 more".
std::string ops_text(const std::vector<std::size_t>& ops) {
  constexpr std::size_t kMost = 4;
  std::string text = ops.size() == 1 ? "op " : "ops ";
  const std::size_t shown = ops.size() <= kMost ? ops.size() : kMost - 1;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == ops.size();
    text += fmt::format("{}{}", i == 0 ? "" : last ? " and " : ", ", ops[i]);
  }
  return shown == ops.size() ? text : text + fmt::format(" and {} more", ops.size() - shown);
}

/// Another arithmetic moves a layer by a few steps: over 40 public models and 20 layers and more its outputs kept a
/// cosine of 0.95. On other inputs half of a layer's values differ, and the cosine of most first layers is below 0.9.
bool differs_wildly(const LayerDiff& layer) {
  constexpr double kShare = 0.5, kCosine = 0.9;
  const DifferenceStats& s = layer.accumulated;
  const auto cosine = s.cosine();
  const bool by_steps = layer.type == DType::kFloat32 || s.largest() > 1;
  return s.mismatch_rate() > kShare && cosine && *cosine < kCosine && by_steps && !s.shift();
}

constexpr std::int64_t kFew = 16;  // one of one is no worse than 90 of 100

/// By which the worst layer is the worst: its share of elements that differ, among those that have more than a few.
std::pair<bool, double> weight_of(const DifferenceStats& stats) {
  return {stats.mismatches() > 0 && stats.elements() >= kFew, stats.mismatch_rate()};
}

}  // namespace

LayerDiff::Place LayerDiff::place_of(std::int64_t index) const {
  const std::int64_t each = std::max<std::int64_t>(element_count(shape).value_or(1), 1);
  return {static_cast<std::size_t>(index / each), index % each};
}

Status DiffResult::merge(const DiffResult& other) {
  if (other.samples == 0) return {};
  if (samples == 0) {
    *this = other;
    for (LayerDiff& layer : layers) layer.expected.reset();
    advice.clear();
    return {};
  }
  NPUTWIN_RETURN_IF_ERROR(check_mergeable(*this, other));
  samples += other.samples;
  advice.clear();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    layers[i].accumulated.merge(other.layers[i].accumulated);
    layers[i].movement.merge(other.layers[i].movement);
    layers[i].expected.reset();
    if (!layers[i].has_isolated() || !other.layers[i].has_isolated()) {
      layers[i].drop_isolated();
      continue;
    }
    layers[i].isolated.merge(other.layers[i].isolated);
    layers[i].causes.merge(other.layers[i].causes);
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].merge(other.pairs[i]);
  for (std::size_t i = 0; i < outputs.size(); ++i) outputs[i].merge(other.outputs[i]);
  return {};
}

bool DiffResult::differs() const {
  return std::any_of(layers.begin(), layers.end(),
                     [](const LayerDiff& l) { return l.isolated.mismatches() + l.accumulated.mismatches() > 0; });
}

const LayerDiff* DiffResult::first() const {
  const auto found =
      std::find_if(layers.begin(), layers.end(), [](const LayerDiff& l) { return l.accumulated.mismatches() > 0; });
  return found == layers.end() ? nullptr : &*found;
}

const LayerDiff* DiffResult::first_isolated() const {
  const auto found =
      std::find_if(layers.begin(), layers.end(), [](const LayerDiff& l) { return l.isolated.mismatches() > 0; });
  return found == layers.end() ? nullptr : &*found;
}

const LayerDiff* DiffResult::worst() const {
  const auto found = std::max_element(layers.begin(), layers.end(), [](const LayerDiff& x, const LayerDiff& y) {
    return weight_of(x.accumulated) < weight_of(y.accumulated);
  });
  return found == layers.end() || found->accumulated.mismatches() == 0 ? nullptr : &*found;
}

const LayerDiff* DiffResult::worst_isolated() const {
  const auto found = std::max_element(layers.begin(), layers.end(), [](const LayerDiff& x, const LayerDiff& y) {
    return weight_of(x.isolated) < weight_of(y.isolated);
  });
  return found == layers.end() || found->isolated.mismatches() == 0 ? nullptr : &*found;
}

std::vector<std::string> DiffResult::capture_notes() const {
  std::vector<std::string> lines;
  if (!a_is_capture && !b_is_capture) return lines;
  std::vector<std::size_t> lacking;
  for (const LayerDiff& layer : layers) {
    const bool told = !lacking.empty() && lacking.back() == layer.node.index;
    if (!layer.has_isolated() && layer.accumulated.elements() > 0 && !told) lacking.push_back(layer.node.index);
  }
  if (a_is_capture != b_is_capture && !lacking.empty())
    lines.push_back(fmt::format(
        "{}: {} not captured, so nothing shows what {} by {}; isolated figures need every op's output, as "
        "`nputwin run --all` writes them, or the prefixes of `nputwin cut --every-layer`",
        ops_text(lacking), lacking.size() == 1 ? "its inputs were" : "their inputs were",
        lacking.size() == 1 ? "the op does" : "these ops do", lacking.size() == 1 ? "itself" : "themselves"));
  const auto first = std::ranges::find_if(layers, [](const LayerDiff& l) { return l.accumulated.elements() >= kFew; });
  if (first != layers.end() && differs_wildly(*first) && swapped().empty())
    lines.push_back(fmt::format(
        "the sides differ in {:.0f} % of the values of {}, the first layer that is compared, and are hardly "
        "alike there (cosine {:.2f}): were both made from the same inputs, in the same order?",
        100 * first->accumulated.mismatch_rate(), fmt::format("op {} {}", first->node.index, first->op),
        first->accumulated.cosine().value_or(0)));
  return lines;
}

CauseCounts DiffResult::causes() const {
  CauseCounts all;
  for (const LayerDiff& layer : layers) all.merge(layer.causes);
  return all;
}

std::vector<std::pair<std::string, std::string>> DiffResult::swapped() const {
  std::vector<std::pair<std::string, std::string>> names;
  for (const OutputPair& pair : pairs) {
    if (pair.swapped()) names.emplace_back(pair.first_name, pair.second_name);
  }
  return names;
}

}  // namespace nputwin
