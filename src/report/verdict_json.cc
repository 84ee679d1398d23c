#include "report/verdict_json.h"

#include "report/verdict.h"

namespace nputwin::report {
namespace {

Json agreement_json(const ClassAgreement& classes) {
  Json json{{"rows", classes.rows}, {"top1", classes.top1}};
  if (classes.has_top5) json["top5"] = classes.top5;
  return json;
}

Json agreement_json(const DetectionAgreement& boxes) {
  Json json{{"a", boxes.a}, {"b", boxes.b}, {"matched", boxes.matched}};
  if (boxes.has_scores) json["least_score"] = DetectionAgreement::kScore;
  if (boxes.matched > 0) json["least_overlap"] = boxes.least_overlap;
  return json;
}

Json agreement_json(const EmbeddingAgreement& embedding) {
  return {{"vectors", embedding.vectors},
          {"undefined", embedding.undefined},
          {"mean_distance", embedding.mean()},
          {"largest_distance", embedding.largest},
          {"mean_distance_of_two_inputs", embedding.vectors > 1 ? Json(embedding.spread()) : Json(nullptr)}};
}

Json agreement_json(const MaskAgreement& mask) {
  return {{"pixels", mask.pixels()}, {"same", mask.same()}, {"mean_iou", mask.mean_iou()}};
}

Json agreement_json(std::monostate) { return nullptr; }

}  // namespace

Json outputs_json(const DiffResult& result) {
  Json outputs = Json::array();
  for (const OutputVerdict& verdict : output_verdicts(result)) {
    const OutputDiff& output = *verdict.output;
    const Movement& movement = verdict.layer->movement;
    Json json{{"name", output.name},        {"op", verdict.layer->node.index}, {"tensor", verdict.layer->tensor},
              {"kind", name(output.kind)},  {"known_from", output.known_from}, {"verdict", name(verdict.mark)},
              {"figures", verdict.figures}, {"meaning", verdict.meaning}};
    json["agreement"] = std::visit([](const auto& agreement) { return agreement_json(agreement); }, output.agreement);
    json["moves_with_the_input"] = movement.moved ? Json(true) : movement.is_constant() ? Json(false) : Json(nullptr);
    outputs.push_back(std::move(json));
  }
  return outputs;
}

Json usual_json(const DiffResult& result) {
  const auto usual = usual_of(result);
  if (!usual) return nullptr;
  return {{"expected", usual->expected},
          {"found", usual->found},
          {"values", usual->elements},
          {"is_usual", usual->is_usual}};
}

Json causes_json(const DiffResult& result) {
  Json causes = Json::array();
  for (const CauseVerdict& verdict : cause_verdicts(result))
    causes.push_back({{"cause", name(verdict.cause)},
                      {"elements", verdict.elements},
                      {"op", verdict.most->node.index},
                      {"known", verdict.known}});
  return causes;
}

Json known_json(const std::optional<Confidence>& known) { return known ? Json(name(*known)) : Json(nullptr); }

}  // namespace nputwin::report
