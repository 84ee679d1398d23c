#include "report/summary.h"

#include <algorithm>
#include <cctype>

#include "base/plural.h"
#include "report/gate.h"
#include "report/not_run_report.h"
#include "report/text.h"
#include "report/verdict.h"

namespace nputwin::report {
namespace {

/// A line that stands alone, as a sentence among others.
std::string sentence_of(std::string line) {
  line[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(line[0])));
  return line.ends_with('?') ? line : line + ".";
}

std::string layer_text(const LayerDiff& layer) { return fmt::format("op {} ({})", layer.node.index, layer.op); }

const char* meaning(Cause cause) {
  switch (cause) {
    case Cause::kTie:
      return "a value exactly halfway between two quantized values is rounded up on one side and down on the other";
    case Cause::kMultiplier:
      return "the two sides store the layer's scale with different precision";
    case Cause::kSecondRounding:
      return "one side rounds a value that it has already rounded";
    case Cause::kBinary32Product:
      return "one side computes with 32-bit floating-point numbers, which cannot hold every product";
    case Cause::kProductWidth:
      return "one side drops low bits of the product of sum and scale";
    case Cause::kZeroPointOrder:
      return "one side adds the zero point before it rounds, the other afterwards";
    case Cause::kOverflow:
      return "a sum is too large for a register, of which one side has a wider one or one that saturates";
    case Cause::kTable:
      return "the two sides compute a function by different tables or formulas";
    case Cause::kSubstitution:
      return "one side replaces the op with another";
    case Cause::kAccumulator:
      return "the two sides accumulate different sums";
    case Cause::kUnknown:
      break;
  }
  return "the steps that made them are not known: one side is a recording, or the op runs subgraphs";
}

}  // namespace

std::vector<std::string> summary_of(const Report& report) {
  const DiffResult& r = report.result;
  std::vector<std::string> text;
  for (const Report::Side* side : {&report.a, &report.b}) {
    if (side->on_npu == 0)
      text.push_back(fmt::format("The NPU of {} takes no op of this model: all of it runs on the CPU.", side->name));
  }
  for (const std::string& line : not_run_lines(r.not_run)) text.push_back(sentence_of(line));
  for (const std::string& note : r.notes) text.push_back(note + ".");  // begins with a profile's name
  for (const std::string& note : r.capture_notes()) text.push_back(sentence_of(note));
  const std::string inputs = r.samples == 1 ? "one input" : fmt::format("{} inputs", r.samples);
  if (!r.differs()) {
    text.push_back(fmt::format("On {}, {} and {} compute the same values in all {} layer outputs.", inputs, r.a, r.b,
                               r.layers.size()));
  } else {
    const auto isolated =
        std::count_if(r.layers.begin(), r.layers.end(), [](const LayerDiff& l) { return l.isolated.mismatches() > 0; });
    const auto reached = std::count_if(r.layers.begin(), r.layers.end(),
                                       [](const LayerDiff& l) { return l.accumulated.mismatches() > 0; });
    const auto have_isolated =
        std::count_if(r.layers.begin(), r.layers.end(), [](const LayerDiff& l) { return l.has_isolated(); });
    const bool every = have_isolated == static_cast<std::ptrdiff_t>(r.layers.size());
    text.push_back(
        have_isolated > 0
            ? fmt::format(
                  "On {}, {} and {} compute different values: of {} layer outputs, {}{} differ in isolation and "
                  "{} differ once differences of earlier layers have accumulated.",
                  inputs, r.a, r.b, r.layers.size(), isolated,
                  every ? "" : fmt::format(" of the {} whose inputs were captured", have_isolated), reached)
            : fmt::format("On {}, {} and {} hold different values in {} of {} layers.{}", inputs, r.a, r.b, reached,
                          r.layers.size(),
                          r.a_is_capture && r.b_is_capture
                              ? " Two recordings cannot show what a single layer does on equal inputs."
                              : ""));
    for (const auto& [first, second] : r.swapped())
      text.push_back(
          fmt::format("The outputs '{}' and '{}' seem to be swapped: each is nearer to the other's values "
                      "than to its own.",
                      shortened(first, 40), shortened(second, 40)));
    for (const LayerDiff& layer : r.layers) {
      if (const auto shift = layer.accumulated.shift())
        text.push_back(
            fmt::format("In {} every quantized value of B is {:+} away from A's, as if by another zero point.",
                        layer_text(layer), *shift));
    }
    if (isolated > 0) {
      const LayerDiff* worst = r.worst_isolated();
      text.push_back(
          fmt::format("In isolation (on equal inputs), {} differs most: {} of its values, by at most {}. The "
                      "first layer that differs is {}.",
                      layer_text(*worst), share_text(100 * worst->isolated.mismatch_rate()),
                      difference_text(*worst, worst->isolated.largest()), layer_text(*r.first_isolated())));
    }
    if (const auto usual = usual_of(r); usual && usual->found > 0) text.push_back(sentence_of(usual->sentence));
    const std::int64_t all = r.causes().total();
    for (const CauseVerdict& verdict : cause_verdicts(r)) {
      const std::string known = verdict.known.empty() ? "" : "; rules known: " + verdict.known;
      text.push_back(fmt::format("{} of the isolated mismatches: {} ({}{}).",
                                 share_text(100.0 * static_cast<double>(verdict.elements) / static_cast<double>(all)),
                                 meaning(verdict.cause), name(verdict.cause), known));
    }
  }
  const auto blind =
      std::count_if(r.layers.begin(), r.layers.end(), [](const LayerDiff& l) { return l.proves_nothing(); });
  if (blind > 0)
    text.push_back(fmt::format(
        "The equality of {} proves nothing: on these inputs the output is one value, saturated, or the same "
        "for every input.",
        counted(blind, "layer")));
  for (const Advice& advice : r.advice) text.push_back(sentence_of(advice.sentence));
  if (const auto failed = failures(report); !failed.empty())
    text.push_back(fmt::format("The limits that were set are exceeded {}.",
                               failed.size() == 1 ? "once" : fmt::format("{} times", failed.size())));
  return text;
}

std::vector<std::pair<std::string, std::string>> settings_of(const Report& report) {
  std::vector<std::pair<std::string, std::string>> settings{
      {"model", report.result.model}, {"SHA-256 of the file", report.model_sha256}, {"A", report.a.name}};
  if (!report.a.summary.empty()) settings.emplace_back("A is", report.a.summary);
  settings.emplace_back("B", report.b.name);
  if (!report.b.summary.empty()) settings.emplace_back("B is", report.b.summary);
  settings.emplace_back("samples", std::to_string(report.result.samples));
  settings.emplace_back("nputwin", report.version);
  settings.emplace_back("command", report.command);
  for (const Advice& advice : report.result.advice) settings.emplace_back("comes nearer", advice.command);
  if (!report.explain.empty()) settings.emplace_back("explains one element", report.explain);
  for (const Condition& condition : report.fail_if) settings.emplace_back("fails if", condition.text());
  if (report.baseline) settings.emplace_back("and was better in", report.baseline->path());
  return settings;
}

}  // namespace nputwin::report
