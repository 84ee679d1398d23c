#include <cmath>

#include "report/harden_report.h"

namespace nputwin::report {
namespace {

Json number_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json scales_json(const HardenedModel& model) {
  const Graph& graph = model.after->main();
  Json list = Json::array();
  for (const ScaleOutcome& s : model.hardening.scales) {
    Json moved = Json::array();
    for (const auto& m : s.moved) moved.push_back({{"tensor", graph.spec(m.tensor).name}, {"by", m.by}});
    list.push_back({{"op", s.node},
                    {"type", graph.nodes[s.node].op},
                    {"known", s.known},
                    {"equal", s.equal},
                    {"open_sides", s.open},
                    {"tried", s.tried},
                    {"moved", std::move(moved)},
                    {"given_up", s.given_up},
                    {"why", s.why}});
  }
  return list;
}

Json layers_json(const HardenedModel& model) {
  const Graph& graph = model.after->main();
  Json list = Json::array();
  for (const auto& [n, layer] : model.hardening.layers) {
    Json channels;
    for (std::size_t w = 0; w < layer.channels.size(); ++w)
      channels[std::string(kEnumNames<ChannelWay>[w])] = layer.channels[w];
    list.push_back({{"op", n},
                    {"type", graph.nodes[n].op},
                    {"channels", std::move(channels)},
                    {"gain_median", layer.median_gain},
                    {"gain_most", layer.most_gain},
                    {"open_rules", layer.open},
                    {"given_up", layer.given_up},
                    {"why", layer.left}});
  }
  return list;
}

Json proofs_json(const HardenedModel& model) {
  Json list = Json::array();
  for (const auto& pair : model.pairs) {
    const auto counts = [](const Proof& proof) {
      Json unequal = Json::array();
      for (const ProvenOp& op : proof.ops) {
        if (op.proof.verdict == ProofVerdict::kEqual) continue;
        unequal.push_back({{"op", op.node.index},
                           {"type", op.op},
                           {"verdict", name(op.proof.verdict)},
                           {"differing", op.proof.differing},
                           {"of", op.proof.arguments}});
      }
      return Json{
          {"ops", proof.ops.size()}, {"equal", proof.count(ProofVerdict::kEqual)}, {"unequal", std::move(unequal)}};
    };
    list.push_back({{"a", pair.a}, {"b", pair.b}, {"before", counts(pair.before)}, {"after", counts(pair.after)}});
  }
  return list;
}

Json left_json(const HardenedModel& model) {
  Json list = Json::array();
  for (const LeftOp& op : model.left) {
    list.push_back({{"op", op.node},
                    {"type", op.op},
                    {"name", op.name},
                    {"sides", op.sides},
                    {"why", op.why},
                    {"differing", op.proof.differing},
                    {"of", op.proof.arguments},
                    {"by", name(op.proof.by)},
                    {"largest", op.proof.largest},
                    {"bound", is_by_values(op.proof.by) ? Json(op.proof.bound) : Json(nullptr)},
                    {"on_cpu", op.on_cpu}});
  }
  return list;
}

Json price_json(const HardenedModel& model) {
  if (!model.price) return nullptr;
  const ModelPrice& price = *model.price;
  Json json{{"samples", price.samples},
            {"of_noise", !model.chosen_inputs},
            {"reference", price.reference},
            {"control", price.control},
            {"no_numbers", price.no_numbers},
            {"tensors", price.tensors.size()},
            {"median_loss_db", number_or_null(price.median_loss())},
            {"median_control_loss_db", number_or_null(price.median_control_loss())},
            {"templates", nullptr},
            {"outputs", Json::array()}};
  if (price.templates) {
    const TemplateDrift& t = *price.templates;
    json["templates"] = {{"name", model.before->main().spec(t.tensor).name},
                         {"spread", t.spread},
                         {"after", t.after},
                         {"control", t.control}};
  }
  for (const int t : price.outputs) {
    const TensorPrice& p = *price.of(t);
    const auto share = [&](std::size_t same) {
      return static_cast<double>(same) / static_cast<double>(std::max<std::size_t>(price.samples, 1));
    };
    const auto mean = [&](double sum) {
      return p.cosines == 0 ? Json(nullptr) : Json(sum / static_cast<double>(p.cosines));
    };
    json["outputs"].push_back({{"name", model.before->main().spec(t).name},
                               {"sqnr_before_db", number_or_null(p.before.sqnr())},
                               {"sqnr_after_db", number_or_null(p.after.sqnr())},
                               {"loss_db", number_or_null(p.loss())},
                               {"control_loss_db", number_or_null(p.control_loss())},
                               {"to_file_db", number_or_null(p.after_to_before.sqnr())},
                               {"control_to_file_db", number_or_null(p.control_to_before.sqnr())},
                               {"cosine", mean(p.cosine_after)},
                               {"control_cosine", mean(p.cosine_control)},
                               {"same_top", share(p.same_top_after)},
                               {"control_same_top", share(p.same_top_control)}});
  }
  return json;
}

Json steps_json(const HardenedModel& model) {
  Json list = Json::array();
  for (const PriceStep& s : model.steps) {
    list.push_back({{"added", s.added},
                    {"samples", s.samples},
                    {"median_loss_db", number_or_null(s.median_loss)},
                    {"output_loss_db", number_or_null(s.output_loss)},
                    {"output_to_file_db", number_or_null(s.output_to_before)},
                    {"re_rounded", s.re_rounded},
                    {"even_weights", s.even_weights},
                    {"left", s.left},
                    {"channels", s.channels},
                    {"kept", s.kept}});
  }
  return list;
}

Json passed_json(const HardenedModel& model) {
  Json list = Json::array();
  for (const auto& [t, gains] : model.hardening.passed)
    list.push_back({{"tensor", t}, {"name", model.after->main().spec(t).name}, {"gains", gains}});
  return list;
}

Json size_json(const ModelSize& size) {
  return {{"ops", size.ops}, {"products", size.products}, {"bytes", size.bytes}};
}

}  // namespace

Json harden_json(const Hardened& hardened) {
  Json json{{"equal", hardened.equal()}, {"models", Json::array()}};
  for (const HardenedModel& m : hardened.models) {
    Json claimed = nullptr;
    if (m.claimed) {
      claimed = {{"placement", m.claimed->placement},
                 {"before", m.claimed->before},
                 {"after", m.claimed->after},
                 {"lost", m.claimed->lost}};
    }
    json["models"].push_back({{"model", m.path},
                              {"written", m.written},
                              {"profiles", m.profiles},
                              {"equal", m.equal()},
                              {"proofs", proofs_json(m)},
                              {"left", left_json(m)},
                              {"averages", m.averages},
                              {"biases", m.biases},
                              {"scales", scales_json(m)},
                              {"layers", layers_json(m)},
                              {"passed_gains", passed_json(m)},
                              {"price", price_json(m)},
                              {"steps", steps_json(m)},
                              {"claimed", std::move(claimed)},
                              {"size_before", size_json(m.size_before)},
                              {"size_after", size_json(m.size_after)}});
  }
  return json;
}

}  // namespace nputwin::report
