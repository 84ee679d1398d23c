#include "report/gate.h"

#include <algorithm>

#include "report/text.h"

namespace nputwin::report {
namespace {

Verdict judge(const Condition& condition, const Report& report) {
  Verdict verdict{&condition, {}, {}, {}};
  auto places = condition.look(report.result);
  if (!places) {
    verdict.looks_at_nothing = places.error().message;
    return verdict;
  }
  verdict.places = *std::move(places);
  for (const Condition::Place& place : verdict.places) {
    if (!condition.holds(place.value)) continue;
    Failure failure{&condition, place, std::nullopt, false};
    if (report.baseline) {
      failure.before = report.baseline->before(condition, place, report.result);
      failure.is_new = !failure.before;
      if (failure.before && condition.holds(*failure.before) && !condition.is_worse(place.value, *failure.before))
        continue;
    }
    verdict.failures.push_back(failure);
  }
  return verdict;
}

}  // namespace

std::string Failure::found() const {
  std::string text = fmt::format("{} {}", name(condition->metric()), figure_text(condition->metric(), place.value));
  if (before) text += fmt::format(", {} in the baseline", figure_text(condition->metric(), *before));
  return is_new ? text + ", not in the baseline" : text;
}

const Condition::Place& Verdict::nearest() const {
  return *std::ranges::max_element(places, [&](const auto& x, const auto& y) {
    return !condition->is_worse(x.value, y.value) && condition->is_worse(y.value, x.value);
  });
}

std::vector<Verdict> judge(const Report& report) {
  std::vector<Verdict> verdicts;
  for (const Condition& condition : report.fail_if) verdicts.push_back(judge(condition, report));
  return verdicts;
}

std::vector<Failure> failures(const Report& report) {
  std::vector<Failure> all;
  for (const Verdict& verdict : judge(report)) all.insert(all.end(), verdict.failures.begin(), verdict.failures.end());
  return all;
}

std::string failure_of(const Report& report, const std::vector<Failure>& failures, const LayerDiff& layer) {
  if (report.fail_if.empty()) return layer.accumulated.mismatches() > 0 ? "differs" : "";
  std::string why;
  for (const Failure& failure : failures) {
    if (failure.place.layer == &layer)
      why += fmt::format("{}{}: {}", why.empty() ? "" : "; ", failure.condition->text(), failure.found());
  }
  return why;
}

std::string place_text(const Condition::Place& place) {
  if (place.output != nullptr) return fmt::format("output '{}'", short_name(place.output->name));
  const LayerDiff& layer = *place.layer;
  return fmt::format("op {} {} '{}'", layer.node.index, layer.op, short_name(layer.name));
}

std::string gate_text(const std::vector<Verdict>& verdicts) {
  std::string text;
  for (const Verdict& verdict : verdicts) {
    for (const Failure& failure : verdict.failures)
      text +=
          fmt::format("failed: {}: {}: {}\n", verdict.condition->text(), place_text(failure.place), failure.found());
    if (!verdict.failures.empty() || verdict.places.empty()) continue;
    const Condition::Place& nearest = verdict.nearest();
    text += fmt::format("passed: {}: {} looked at, nearest {}: {} {}\n", verdict.condition->text(),
                        verdict.places.size(), place_text(nearest), name(verdict.condition->metric()),
                        figure_text(verdict.condition->metric(), nearest.value));
  }
  return text;
}

Status check_gate(const std::vector<Verdict>& verdicts) {
  for (const Verdict& verdict : verdicts) {
    if (!verdict.looks_at_nothing.empty()) return error("--fail-if {}", verdict.looks_at_nothing);
  }
  return {};
}

}  // namespace nputwin::report
