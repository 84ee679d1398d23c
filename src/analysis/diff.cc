#include "analysis/diff.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

#include "base/checked.h"

namespace nputwin {

template <typename T>
void DifferenceStats::add_typed(const TensorView& a, const TensorView& b) {
  const auto va = a.as<T>(), vb = b.as<T>();
  const bool codes = !std::is_same_v<T, float>;
  const auto& q = a.spec->quantization;
  const double scale = codes && q.per_tensor() ? static_cast<double>(q.scale[0]) : 1.0;
  const double zero = codes && q.per_tensor() ? q.zero_point[0] : 0.0;
  constexpr int kWidest = 255;  // two 8-bit codes are never further apart
  std::array<std::int64_t, 2 * kWidest + 1> counts{};
  for (std::size_t i = 0; i < va.size(); ++i) {
    const auto x = static_cast<double>(va[i]), y = static_cast<double>(vb[i]);
    const double real_a = scale * (x - zero), real_b = scale * (y - zero);
    aa_ += real_a * real_a, bb_ += real_b * real_b, ab_ += real_a * real_b;
    dd_ += (real_b - real_a) * (real_b - real_a);
    const bool same = va[i] == vb[i] || (std::isnan(x) && std::isnan(y));
    if constexpr (sizeof(T) == 1) {
      ++counts[static_cast<std::size_t>(int{vb[i]} - int{va[i]} + kWidest)];
    } else if (codes) {
      ++histogram_[static_cast<std::int64_t>(y - x)];
    }
    if (same) continue;
    if (!first_) first_ = elements_ + static_cast<std::int64_t>(i);
    ++mismatches_;
    sum_ += y - x;
    largest_ = std::max(largest_, std::abs(y - x));
  }
  for (int d = -kWidest; d <= kWidest; ++d) {
    const std::int64_t count = counts[static_cast<std::size_t>(d + kWidest)];
    if (count != 0) histogram_[d] += count;
  }
  elements_ += static_cast<std::int64_t>(va.size());
}

void DifferenceStats::add(const TensorView& a, const TensorView& b) {
  switch (a.spec->type) {
    case DType::kFloat32:
      return add_typed<float>(a, b);
    case DType::kInt32:
      return add_typed<std::int32_t>(a, b);
    case DType::kUInt8:
      return add_typed<std::uint8_t>(a, b);
    case DType::kInt64:
      return add_typed<std::int64_t>(a, b);
    case DType::kBool:
      return add_typed<bool>(a, b);
    case DType::kInt16:
      return add_typed<std::int16_t>(a, b);
    case DType::kInt8:
      return add_typed<std::int8_t>(a, b);
  }
}

std::optional<double> DifferenceStats::sqnr_db() const {
  if (dd_ == 0 || aa_ == 0) return std::nullopt;
  return 10 * std::log10(aa_ / dd_);
}

std::optional<double> DifferenceStats::cosine() const {
  if (aa_ == 0 || bb_ == 0) return std::nullopt;
  return mismatches_ == 0 ? 1.0 : ab_ / std::sqrt(aa_ * bb_);
}

bool DiffResult::differs() const {
  return std::any_of(layers.begin(), layers.end(), [](const LayerDiff& l) {
    return l.isolated.mismatches() + l.accumulated.mismatches() > 0;
  });
}

const LayerDiff* DiffResult::first() const {
  const auto found = std::find_if(layers.begin(), layers.end(),
                                  [](const LayerDiff& l) { return l.accumulated.mismatches() > 0; });
  return found == layers.end() ? nullptr : &*found;
}

const LayerDiff* DiffResult::worst() const {
  const auto found =
      std::max_element(layers.begin(), layers.end(), [](const LayerDiff& x, const LayerDiff& y) {
        return x.accumulated.mismatch_rate() < y.accumulated.mismatch_rate();
      });
  return found == layers.end() || found->accumulated.mismatches() == 0 ? nullptr : &*found;
}

Result<Diff> Diff::between(Session& a, Session& b) {
  const Graph& graph = a.graph();
  if (&graph != &b.graph()) return error("both sides of a diff must run the same model");
  Diff diff(a, b);
  diff.result_.model = a.model().path, diff.result_.a = a.profile().name, diff.result_.b = b.profile().name;
  std::size_t largest = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    std::size_t bytes = 0;
    const auto outputs = a.node_outputs(i);
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      const TensorSpec& spec = *outputs[k].spec;
      bytes += align_up(outputs[k].bytes.size());
      diff.result_.layers.push_back(
          {i, graph.nodes[i].op, graph.nodes[i].outputs[k], spec.name, spec.type, spec.shape, {}, {}});
    }
    largest = std::max(largest, bytes);
  }
  diff.isolated_ = std::make_unique<Blob>(largest);
  return diff;
}

Status Diff::add(std::span<const Tensor> inputs, const std::function<void(std::size_t)>& progress) {
  NPUTWIN_RETURN_IF_ERROR(a_->set_inputs(inputs));
  NPUTWIN_RETURN_IF_ERROR(b_->set_inputs(inputs));
  a_->reset_state();
  b_->reset_state();
  std::size_t layer = 0;
  std::vector<MutableTensorView> isolated;
  for (std::size_t i = 0; i < a_->graph().nodes.size(); ++i) {
    const auto from_a = a_->node_outputs(i), from_b = b_->node_outputs(i);
    isolated.clear();
    std::span<std::byte> room = isolated_->mutable_bytes();
    for (const TensorView& view : from_b) {
      isolated.push_back({view.spec, room.first(view.bytes.size())});
      room = room.subspan(align_up(view.bytes.size()));
    }
    b_->run_node(i, a_->node_inputs(i),
                 isolated);  // first, for a step of A changes the variables that it reads
    a_->step(i);
    b_->step(i);
    for (std::size_t k = 0; k < from_a.size(); ++k, ++layer) {
      result_.layers[layer].isolated.add(from_a[k], read_only(isolated[k]));
      result_.layers[layer].accumulated.add(from_a[k], from_b[k]);
    }
    if (progress) progress(i + 1);
  }
  ++result_.samples;
  return {};
}

}  // namespace nputwin
