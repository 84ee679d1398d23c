#include "report/verdict.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/plural.h"
#include "report/bound_report.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

std::string percent_of(std::int64_t part, std::int64_t whole) {
  return share_text(whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string figures_of(const LayerDiff& layer) {
  const DifferenceStats& s = layer.accumulated;
  if (s.mismatches() == 0)
    return s.elements() == 1 ? "its one value is the same" : fmt::format("all {} values are the same", s.elements());
  std::string text = fmt::format("{} of {} values differ", percent_of(s.mismatches(), s.elements()), s.elements());
  if (s.nans() > 0) return text + fmt::format("; {} are NaN on one side or both, so the rest is undefined", s.nans());
  text += ", by at most " + difference_text(layer, s.largest());
  if (s.cosine()) text += fmt::format("; cosine {:.6f}", *s.cosine());
  if (s.sqnr_db()) text += fmt::format(", SQNR {:.1f} dB", *s.sqnr_db());
  return text;
}

std::string meaning_of(const ClassAgreement& classes) {
  std::string text = fmt::format("top-1 equal on {} of {}", classes.top1, counted(classes.rows, "row"));
  if (classes.has_top5) text += fmt::format(", top-5 on {}", classes.top5);
  return text;
}

std::string meaning_of(const DetectionAgreement& boxes) {
  if (!boxes.has_scores)
    return fmt::format("{} of {} overlap by {} and more (same place in the output)", boxes.matched,
                       boxes.a == 1 ? "1 box" : fmt::format("{} boxes", boxes.a), DetectionAgreement::kOverlap);
  std::string text = fmt::format("detections with a score of {} and more: {} in A, {} in B, {} match",
                                 DetectionAgreement::kScore, boxes.a, boxes.b, boxes.matched);
  if (boxes.a + boxes.b == 0)
    return fmt::format("no detection has a score of {} and more on either side", DetectionAgreement::kScore);
  if (boxes.matched > 0)
    text += fmt::format(" (same class, overlap at least {:.2f})", std::floor(100 * boxes.least_overlap) / 100);
  return text;
}

std::string meaning_of(const EmbeddingAgreement& embedding) {
  if (embedding.vectors == 0) return "embedding: no vector has a distance, each is all zeros or holds NaN";
  std::string text = fmt::format("embedding: cosine distance between A and B {:.2g} on average, {:.2g} at most",
                                 embedding.mean(), embedding.largest);
  if (embedding.vectors > 1) text += fmt::format("; between A's of two inputs {:.2g} on average", embedding.spread());
  if (embedding.undefined > 0)
    text += fmt::format("; {} all zeros or with NaN left out", counted(embedding.undefined, "vector"));
  return text;
}

std::string meaning_of(const MaskAgreement& mask) {
  return fmt::format("mask: {} of {} pixels have the same class, mean IoU {:.4f}", mask.same(), mask.pixels(),
                     mask.mean_iou());
}

std::string meaning_of(std::monostate) { return ""; }

/// Why an equality proves nothing.
std::string no_proof(const LayerDiff& layer) {
  const Movement& m = layer.movement;
  if (!m.is_constant()) return "on these inputs it is one value, or at the ends of its range";
  return fmt::format("A gives the same for {}{}", counted(m.samples, "input"),
                     m.other_runs == 0 ? std::string() : fmt::format(" and {} of noise", m.other_runs));
}

/// How one side's rules are known, by how many of a cause's elements; the op types where they are worst known.
std::string side_known(const DiffResult& result, Cause cause, std::optional<Confidence> LayerDiff::*known) {
  std::map<Confidence, std::int64_t> counts;
  std::map<Confidence, std::set<std::string>> ops;
  std::int64_t all = 0;
  for (const LayerDiff& layer : result.layers) {
    if (layer.causes[cause] == 0 || !(layer.*known)) continue;
    counts[*(layer.*known)] += layer.causes[cause];
    ops[*(layer.*known)].insert(layer.op);
    all += layer.causes[cause];
  }
  std::vector<std::string> parts;
  for (auto it = counts.rbegin(); it != counts.rend(); ++it) {  // the worst known first
    std::string part(name(it->first));
    if (counts.size() > 1) part += " " + percent_of(it->second, all);
    if (it->first >= Confidence::kAssumed) part += fmt::format(" ({})", fmt::join(ops[it->first], ", "));
    parts.push_back(std::move(part));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string difference_text(const LayerDiff& layer, double difference) {
  if (layer.type == DType::kFloat32 || layer.type == DType::kBool) return fmt::format("{:.3g}", difference);
  std::string text = counted(static_cast<std::int64_t>(difference), "step");
  if (layer.scale > 0) text += fmt::format(" ({:.3g})", difference * layer.scale);
  return text;
}

std::string known_text(const LayerDiff& layer) {
  const auto of_side = [](const std::optional<Confidence>& known) { return known ? name(*known) : "-"; };
  return fmt::format("{} / {}", of_side(layer.known_a), of_side(layer.known_b));
}

std::vector<OutputVerdict> output_verdicts(const DiffResult& result) {
  std::vector<OutputVerdict> verdicts;
  for (const OutputDiff& output : result.outputs) {
    const LayerDiff& layer = result.layers[output.layer];
    OutputVerdict verdict{&output, &layer, Mark::kSame, figures_of(layer), ""};
    verdict.meaning = std::visit([](const auto& agreement) { return meaning_of(agreement); }, output.agreement);
    const DifferenceStats& s = layer.accumulated;
    if (s.mismatches() > 0) {
      verdict.mark = Mark::kDiffers;
    } else if (s.trust() == 0 || layer.movement.is_constant()) {
      verdict.mark = Mark::kProvesNothing;
      verdict.figures += ", which proves nothing: " + no_proof(layer);
    }
    if (const std::string bound = bound_sentence(layer); !bound.empty()) verdict.figures += "; bound: " + bound;
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

std::optional<Usual> usual_of(const DiffResult& result) {
  Usual usual;
  for (const LayerDiff& layer : result.layers) {
    if (!layer.expected || !layer.has_isolated()) continue;
    usual.expected += *layer.expected;
    usual.found += layer.isolated.mismatches();
    usual.elements += layer.isolated.elements();
  }
  if (usual.elements == 0) return std::nullopt;
  const auto found = static_cast<double>(usual.found);
  const double beyond = std::abs(found - usual.expected);
  usual.is_usual = beyond <= 4 * std::sqrt(std::max(usual.expected, 1.0)) ||
                   (found <= 2 * usual.expected && 2 * found >= usual.expected);
  usual.sentence = fmt::format(
      "{} for this pair: {} in {} of multiply-accumulate layers; {:.0f} were to be expected from the two rules and the "
      "values that occur",
      usual.is_usual ? "usual" : "not usual",
      usual.found == 1 ? "1 isolated mismatch" : fmt::format("{} isolated mismatches", usual.found),
      counted(usual.elements, "value"), usual.expected);
  return usual;
}

std::vector<CauseVerdict> cause_verdicts(const DiffResult& result) {
  std::vector<CauseVerdict> verdicts;
  result.causes().each([&](Cause cause, std::int64_t count) {
    const auto most = std::ranges::max_element(result.layers, {}, [&](const LayerDiff& l) { return l.causes[cause]; });
    CauseVerdict verdict{cause, count, &*most, ""};
    const std::string a = side_known(result, cause, &LayerDiff::known_a),
                      b = side_known(result, cause, &LayerDiff::known_b);
    if (!a.empty()) verdict.known = "A " + a;
    if (!b.empty()) verdict.known += (a.empty() ? "B " : ", B ") + b;
    verdicts.push_back(std::move(verdict));
  });
  return verdicts;
}

}  // namespace nputwin::report
