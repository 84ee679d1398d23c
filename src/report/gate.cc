#include "report/gate.h"

#include <algorithm>

#include "report/text.h"

namespace nputwin::report {
namespace {

Judgement judge(const Condition& condition, const Report& report) {
  Judgement judgement{&condition, {}, {}, {}};
  auto places = condition.look(report.result);
  if (!places) {
    judgement.looks_at_nothing = places.error().message;
    return judgement;
  }
  judgement.places = *std::move(places);
  for (const Condition::Place& place : judgement.places) {
    if (!condition.holds(place.value)) continue;
    Failure failure{&condition, place, std::nullopt, false};
    if (report.baseline) {
      failure.before = report.baseline->before(condition, place, report.result);
      failure.is_new = !failure.before;
      if (failure.before && condition.holds(*failure.before) && !condition.is_worse(place.value, *failure.before))
        continue;
    }
    judgement.failures.push_back(failure);
  }
  return judgement;
}

}  // namespace

std::string Failure::found() const {
  std::string text = fmt::format("{} {}", name(condition->metric()), figure_text(condition->metric(), place.value));
  if (before) text += fmt::format(", {} in the baseline", figure_text(condition->metric(), *before));
  return is_new ? text + ", not in the baseline" : text;
}

const Condition::Place& Judgement::nearest() const {
  return *std::ranges::max_element(places, [&](const auto& x, const auto& y) {
    return !condition->is_worse(x.value, y.value) && condition->is_worse(y.value, x.value);
  });
}

std::vector<Judgement> judge(const Report& report) {
  std::vector<Judgement> judgements;
  judgements.reserve(report.fail_if.size());
  for (const Condition& condition : report.fail_if) judgements.push_back(judge(condition, report));
  return judgements;
}

std::vector<Failure> failures(const Report& report) {
  std::vector<Failure> all;
  for (const Judgement& judgement : judge(report))
    all.insert(all.end(), judgement.failures.begin(), judgement.failures.end());
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
  if (place.output != nullptr) return fmt::format("output '{}'", shortened(place.output->name, kNameColumns));
  const LayerDiff& layer = *place.layer;
  return fmt::format("op {} {} '{}'", layer.node.index, layer.op, shortened(layer.name, kNameColumns));
}

std::string gate_text(const std::vector<Judgement>& judgements) {
  std::string text;
  for (const Judgement& judgement : judgements) {
    const Condition& condition = *judgement.condition;
    for (const Failure& failure : judgement.failures)
      text += fmt::format("failed: {}: {}: {}\n", condition.text(), place_text(failure.place), failure.found());
    if (!judgement.failures.empty() || judgement.places.empty()) continue;
    const Condition::Place& nearest = judgement.nearest();
    text += fmt::format("passed: {}: {} looked at, nearest {}: {} {}{}\n", condition.text(), judgement.places.size(),
                        place_text(nearest), name(condition.metric()), figure_text(condition.metric(), nearest.value),
                        condition.holds(nearest.value) ? ", no worse than in the baseline" : "");
  }
  return text;
}

Status check_gate(const std::vector<Judgement>& judgements) {
  for (const Judgement& judgement : judgements) {
    if (!judgement.looks_at_nothing.empty()) return error("--fail-if {}", judgement.looks_at_nothing);
  }
  return {};
}

}  // namespace nputwin::report
