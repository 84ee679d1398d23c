#include "report/diff_report.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "base/in_lines.h"
#include "base/plural.h"
#include "report/bound_report.h"
#include "report/diff_json.h"
#include "report/diff_table.h"
#include "report/text.h"
#include "report/verdict.h"

namespace nputwin::report {
namespace {

std::string place(const LayerDiff& layer) {
  std::string text = fmt::format("op {} {} '{}': accumulated {} of {} elements differ ({})", op_label(layer), layer.op,
                                 shortened(layer.name, kNameColumns), layer.accumulated.mismatches(),
                                 layer.accumulated.elements(), percent_text(layer.accumulated));
  if (layer.has_isolated()) text += fmt::format(", isolated {}", percent_text(layer.isolated));
  return text;
}

std::string_view known_csv(const std::optional<Confidence>& known) { return known ? name(*known) : ""; }

std::string stats_csv(const DifferenceStats& s) {
  if (s.elements() == 0) return std::string(12, ',');
  const auto number = [](const std::optional<double>& v) { return v ? fmt::format("{:.9g}", *v) : std::string(); };
  return fmt::format("{},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},{},{},{},{:.9g},{:.9g},{}", s.mismatches(),
                     100 * s.mismatch_rate(), s.largest(), s.bias(), s.deviation(), s.mean_absolute(), s.rms(),
                     number(s.sqnr_db()), number(s.psnr_db()), number(s.cosine()), 100 * s.saturated(), s.trust(),
                     histogram_text(s, SIZE_MAX));
}

/// The model's outputs: what of them differs, and what that means.
std::string outputs_text(const DiffResult& result, std::size_t columns) {
  std::string text;
  std::vector<std::string> unknown;
  for (const OutputVerdict& verdict : output_verdicts(result)) {
    const std::string name = shortened(verdict.output->name, kNameColumns);
    text += in_lines(fmt::format("output '{}': {}", name, verdict.figures), columns, 2);
    if (!verdict.meaning.empty()) text += in_lines(verdict.meaning, columns, 2, "  ");
    if (verdict.output->known_from.empty() && verdict.mark == Mark::kDiffers)
      unknown.push_back(fmt::format("'{}'", name));
  }
  if (!unknown.empty())
    text += in_lines(fmt::format("what {} mean{} is not known: --output-kind NAME=classes, boxes, embedding or mask",
                                 fmt::join(unknown, ", "), unknown.size() == 1 ? "s" : ""),
                     columns, 2);
  return text;
}

/// The causes of all isolated mismatches of a run: the op that has most of them, and how the rules are known.
std::string causes_table(const DiffResult& result, std::size_t columns) {
  const CauseCounts all = result.causes();
  if (all.total() == 0) return "";
  std::string text = fmt::format("causes of the {} that {} in isolation:\n", counted(all.total(), "element"),
                                 all.total() == 1 ? "differs" : "differ");
  for (const CauseVerdict& verdict : cause_verdicts(result)) {
    const std::string begun =
        fmt::format("  {:<18} {:>10} {:>7.3f} % ", name(verdict.cause), verdict.elements,
                    100.0 * static_cast<double>(verdict.elements) / static_cast<double>(all.total()));
    const std::string known = verdict.known.empty() ? "" : "; rules known: " + verdict.known;
    text += in_lines(fmt::format(" most in op {} {}{}", op_label(*verdict.most), verdict.most->op, known), columns, 4,
                     begun + " ");
  }
  return text;
}

/// In which part of a tensor differences lie, where they lie in one.
std::string places_text(const DiffResult& result) {
  constexpr int kMost = 8;
  std::string text;
  int told = 0;
  for (const LayerDiff& layer : result.layers) {
    const std::string where = where_text(layer);
    if (where.empty()) continue;
    if (++told <= kMost) text += fmt::format("where: op {} {}: {}\n", op_label(layer), layer.op, where);
  }
  if (told > kMost) text += fmt::format("where: {} layers more, see --format json\n", told - kMost);
  return text;
}

/// The layers whose equality proves nothing.
std::string no_proof_text(const DiffResult& result, std::size_t columns) {
  std::string ops;
  for (const LayerDiff& layer : result.layers) {
    if (layer.proves_nothing()) ops += " " + op_label(layer);
  }
  if (ops.empty()) return "";
  constexpr const char* kWhy =
      "equality proves nothing where A's output is one value, saturated, or the same for every input: op";
  return in_lines(kWhy + ops, columns, 2);
}

/// What may be wrong with a capture: names, zero points.
std::string mistakes_text(const DiffResult& result) {
  std::string text;
  for (const auto& [first, second] : result.swapped())
    text += fmt::format("swapped: '{}' and '{}': each is nearer to the other's values than to its own\n",
                        shortened(first, kNameColumns), shortened(second, kNameColumns));
  for (const LayerDiff& layer : result.layers) {
    if (const auto shift = layer.accumulated.shift())
      text += fmt::format("shifted: op {} {} is {:+} everywhere in B, as if by another zero point\n", op_label(layer),
                          layer.op, *shift);
  }
  return text;
}

}  // namespace

std::string diff_text(const DiffResult& result, std::size_t columns) {
  std::string text = fmt::format("{}\nA = {}, B = {}; differences are B - A; {}\n\n", result.model, result.a, result.b,
                                 counted(result.samples, "sample"));
  text += layer_table(result, columns) + '\n' + bounds_table(result, columns);
  if (const LayerDiff* first = result.first()) {
    text += in_lines("first: " + place(*first), columns, 2) + in_lines("worst: " + place(*result.worst()), columns, 2);
  } else {
    text += fmt::format("no difference in {}\n", counted(result.layers.size(), "layer"));
  }
  text += places_text(result) + mistakes_text(result) + no_proof_text(result, columns) + causes_table(result, columns);
  if (const auto usual = usual_of(result); usual && usual->found > 0) text += in_lines(usual->sentence, columns, 2);
  text += outputs_text(result, columns);
  for (const Advice& advice : result.advice)
    text += in_lines(advice.sentence + ":", columns, 2) + "  " + advice.command + "\n";
  return text;
}

std::string diff_json(const DiffResult& result, const Provenance& provenance) {
  Json json = provenance_json(provenance);
  json.update(diff_object(result));
  return to_text(json);
}

std::string diff_csv(const DiffResult& result) {
  std::string text = "op,type,tensor,name,dtype,shape,elements";
  for (const char* side : {"isolated", "accumulated"}) {
    for (const char* column : {"mismatches", "mismatch_percent", "largest", "bias", "std", "mae", "rmse", "sqnr_db",
                               "psnr_db", "cosine", "saturated_percent", "trust", "histogram"}) {
      text += fmt::format(",{}_{}", side, column);
    }
  }
  text += ",causes,known_a,known_b\n";
  for (const LayerDiff& layer : result.layers) {
    text +=
        fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\n", layer.node.index, layer.op, layer.tensor,
                    csv_field(layer.name), name(layer.type), csv_field(to_string(layer.shape)),
                    layer.accumulated.elements(), stats_csv(layer.isolated), stats_csv(layer.accumulated),
                    csv_field(causes_text(layer.causes, ":", " ")), known_csv(layer.known_a), known_csv(layer.known_b));
  }
  return text;
}

}  // namespace nputwin::report
