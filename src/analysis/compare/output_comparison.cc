#include "analysis/compare/output_comparison.h"

#include <algorithm>

#include "analysis/compare/agreement.h"
#include "tensor/copy_of.h"

namespace nputwin {

OutputComparison::OutputComparison(const Graph& graph, std::vector<KnownOutput> outputs) {
  for (KnownOutput& known : outputs) {
    const OutputKind kind = known.kind;
    std::string name = graph.spec(known.tensor).name;
    outputs_.push_back({std::move(known), std::move(name), no_agreement(kind)});
  }
}

void OutputComparison::add(int tensor, const TensorView& a, const TensorView& b) {
  for (Output& output : outputs_) {
    const KnownOutput& known = output.known;
    if (known.detections) {
      if (known.tensor == tensor || std::ranges::find(*known.detections, tensor) != known.detections->end())
        sample_[tensor] = {copy_of(a), copy_of(b)};
      continue;
    }
    if (known.tensor != tensor) continue;
    if (auto* classes = std::get_if<ClassAgreement>(&output.agreement)) add_classes(a, b, *classes);
    if (auto* boxes = std::get_if<DetectionAgreement>(&output.agreement)) add_boxes(a, b, *boxes);
    if (auto* embeddings = std::get_if<EmbeddingAgreement>(&output.agreement)) add_embeddings(a, b, *embeddings);
    if (auto* masks = std::get_if<MaskAgreement>(&output.agreement)) add_masks(a, b, known.threshold, *masks);
  }
}

void OutputComparison::add_detections(Output& output) {
  const auto& [labels, scores, count] = *output.known.detections;
  const auto at = [&](int tensor) { return sample_.find(tensor); };
  const auto b = at(output.known.tensor), l = at(labels), s = at(scores), n = at(count);
  for (const auto& found : {b, l, s, n}) {
    if (found == sample_.end()) return;  // a capture lacks it
  }
  nputwin::add_detections(detections_of(b->second.a.view(), l->second.a.view(), s->second.a.view(), n->second.a.view()),
                          detections_of(b->second.b.view(), l->second.b.view(), s->second.b.view(), n->second.b.view()),
                          std::get<DetectionAgreement>(output.agreement));
}

void OutputComparison::end_sample() {
  for (Output& output : outputs_) {
    if (output.known.detections) add_detections(output);
  }
  sample_.clear();
}

std::vector<OutputDiff> OutputComparison::result(const std::map<int, std::size_t>& layer_of) const {
  std::vector<OutputDiff> result;
  for (const auto& [known, name, agreement] : outputs_) {
    const auto layer = layer_of.find(known.tensor);
    if (layer != layer_of.end()) result.push_back({name, layer->second, known.kind, known.from, agreement});
  }
  return result;
}

}  // namespace nputwin
