#include "api/bounds.h"

#include "analysis/prove/bound.h"
#include "tensor/code_types.h"

namespace nputwin::api {
namespace {

Status check(const LayerDiff& layer, const char* what, const DifferenceStats& stats,
             const std::optional<double>& bound) {
  if (!bound || stats.elements() == 0 || stats.largest() <= *bound) return {};
  return error(
      "op {} {} '{}': the largest {} difference is {}, but its bound is {}: this is a fault of nputwin, please report "
      "it",
      layer.node.index, layer.op, layer.name, what, stats.largest(), *bound);
}

}  // namespace

Result<Bounds> Bounds::of(const Sides& sides) {
  if (sides.a->session() == nullptr || sides.b->session() == nullptr)
    return error("--bound: nothing bounds a recording; expected two profiles as sides");
  return Bounds(sides);
}

void Bounds::watch(Diff& diff) {
  diff.watch_values([this](int tensor, const TensorView& a, const TensorView& b) {
    if (!has_codes(a.spec->type)) return;
    std::map<std::int64_t, std::int64_t> counts;
    with_code_type(a.spec->type, [&](auto code) {
      if (std::ranges::equal(a.bytes, b.bytes)) return;
      const auto of_a = a.as<decltype(code)>(), of_b = b.as<decltype(code)>();
      for (std::size_t i = 0; i < of_a.size(); ++i) {
        if (of_a[i] != of_b[i]) ++counts[std::int64_t{of_b[i]} - of_a[i]];
      }
    });
    const std::lock_guard one_at_a_time(*mutex_);
    auto& most = most_[tensor];
    for (const auto& [difference, count] : counts) most[difference] = std::max(most[difference], count);
  });
}

Status Bounds::add_to(DiffResult& result, const Callbacks& callbacks) const {
  Session &a = *sides_->a->session(), &b = *sides_->b->session();
  NPUTWIN_ASSIGN_OR_RETURN(const Proof proof, prove(a, b, callbacks));
  if (proof.stopped) return {};
  const auto bounds = bounds_of(a, b, proof, [&](int tensor) -> std::optional<Divergence> {
    const auto found = most_.find(tensor);
    return found == most_.end() ? std::nullopt : std::optional(Divergence(found->second));
  });
  for (LayerDiff& layer : result.layers) {
    const auto at = bounds.find(layer.tensor);
    if (at == bounds.end()) continue;
    layer.bound = at->second;
    NPUTWIN_RETURN_IF_ERROR(check(layer, "isolated", layer.isolated, layer.bound->isolated));
    NPUTWIN_RETURN_IF_ERROR(check(layer, "accumulated", layer.accumulated, layer.bound->accumulated));
    NPUTWIN_RETURN_IF_ERROR(check(layer, "accumulated", layer.accumulated, layer.bound->step));
  }
  return {};
}

}  // namespace nputwin::api
