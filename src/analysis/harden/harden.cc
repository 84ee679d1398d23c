#include "analysis/harden/harden.h"

#include <algorithm>

#include "analysis/harden/averages.h"

namespace nputwin {
namespace {

/// The layer's output alone may give way: no op that was settled reads it, and nothing else makes it.
bool may_move_output(const ScaleGroups& groups, int output, std::size_t node) {
  const int group = groups.of(output);
  const auto makers = groups.makers(group);
  return groups.mover(group) == Mover::kLayer && makers == std::vector<std::size_t>{node} &&
         groups.neighbours(group).empty();
}

/// Of layers that read an output, have weights of one scale, and whose own output may give way: their multipliers by
/// its scale.
std::vector<double> multipliers_behind(const HardenBench& bench, const ScaleGroups& groups,
                                       std::span<const lint_rules::Layer> layers, int output) {
  std::vector<double> behind;
  for (const lint_rules::Layer& layer : layers) {
    const bool reads = groups.of(layer.input) == groups.of(output);
    if (!reads || !bench.spec(layer.weights).quantization.per_tensor() ||
        !may_move_output(groups, layer.output, layer.id.index))
      continue;
    behind.push_back(double{bench.spec(layer.weights).scale()} / double{bench.spec(layer.output).scale()});
  }
  return behind;
}

std::map<int, TensorChange> changes_of(const HardenBench& bench) {
  std::map<int, TensorChange> changes;
  for (int t = 0; t < static_cast<int>(bench.graph().tensors.size()); ++t) {
    TensorChange change;
    const Quantization &now = bench.spec(t).quantization, &before = bench.spec_before(t).quantization;
    if (now.scale != before.scale) change.scale = now.scale;
    const auto& file = bench.graph().tensor(t).constant;
    const auto& constant = bench.constant(t);
    if (file && constant && !std::ranges::equal(*file, *constant))
      change.constant.assign(constant->begin(), constant->end());
    if (!change.scale.empty() || !change.constant.empty()) changes[t] = std::move(change);
  }
  return changes;
}

}  // namespace

Result<Hardening> harden(const std::shared_ptr<const Model>& model, const HardenSettings& settings,
                         const Callbacks& callbacks) {
  const bool has_any_code = std::ranges::any_of(model->main().tensors, [](const ModelTensor& t) {
    return has_codes(t.spec.type) && !t.spec.quantization.empty();
  });
  if (!has_any_code)
    return error("{}: no op has codes on which the profiles could differ: quantize the model first", model->path);
  NPUTWIN_ASSIGN_OR_RETURN(const auto bench, HardenBench::of(model, settings.sides, settings.session));
  ScaleGroups groups(*bench, settings.change_io, settings.free);
  for (const auto& [t, scale] : settings.given) groups.give(t, scale);
  std::vector<lint_rules::Layer> layers;
  lint_rules::each_layer(*model, [&](const lint_rules::Layer& layer) {
    if (layer.id.in_main() && groups.is_layer(layer.id.index)) layers.push_back(layer);
  });
  Hardening hardening;
  if (settings.replace_averages) {
    for (std::size_t n = 0; n < model->main().nodes.size(); ++n) {
      if (no_layer_of_average(model->main(), n).empty() && bench->has_shapes_of_file(n) &&
          !can_agree(*bench, groups, n))
        hardening.averages.push_back(n);
    }
    if (!hardening.averages.empty()) return hardening;
  }
  const std::size_t nodes = model->main().nodes.size(), all = nodes + layers.size();
  Callbacks of_scales = callbacks;
  of_scales.progress = [&](std::size_t done, std::size_t) { callbacks.at(done, all); };
  hardening.scales = choose_scales(*bench, groups, of_scales);
  note_codes(*bench, groups);
  const ThreadPool pool(settings.session.threads);
  PassedGains gains(*bench, layers);
  for (const lint_rules::Layer& layer : layers) {
    if (callbacks.stopped()) break;
    LayerTask task{bench.get(), layer, settings.calibration, settings.numbers, &gains, {}, {}};
    if (may_move_output(groups, layer.output, layer.id.index)) {
      task.move_output = [&](float scale) {
        groups.set_scale(groups.of(layer.output), scale);
        note_codes(*bench, groups);
      };
      task.behind = multipliers_behind(*bench, groups, layers, layer.output);
    }
    hardening.layers.emplace_back(layer.id.index, harden_layer(task, pool));
    callbacks.at(nodes + hardening.layers.size(), all);
  }
  hardening.changes = changes_of(*bench);
  hardening.passed = gains.all();
  return hardening;
}

}  // namespace nputwin
