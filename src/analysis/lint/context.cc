#include "analysis/lint/context.h"

#include <algorithm>

namespace nputwin::lint_rules {

bool Context::refused(NodeId node) const {
  const auto& judged = asked.empty() ? runtimes : asked;
  return node.in_main() && !judged.empty() &&
         std::ranges::all_of(judged, [&](const Judged& j) { return !j.coverage[node.index].unsupported.empty(); });
}

Finding& Findings::add(Severity severity, NodeId id, int tensor, std::string reason, std::string fix) {
  Finding& finding = add(severity, std::move(reason), std::move(fix));
  finding.node = id;
  finding.op = model_.node(id).op;
  if (tensor >= 0) finding.tensor = model_.graph(id.subgraph).spec(tensor).name;
  return finding;
}

Finding& Findings::add(Severity severity, std::string reason, std::string fix) {
  Finding& finding = all_.emplace_back();
  finding.rule = rule_;
  finding.severity = severity;
  finding.reason = std::move(reason);
  finding.fix = std::move(fix);
  return finding;
}

bool Findings::said_of(NodeId node) const {
  return std::ranges::any_of(
      all_, [&](const Finding& f) { return f.node == node && f.severity != Severity::kNote && f.rule != rule_; });
}

std::string channels_text(std::size_t some, std::size_t all) {
  if (all == 1) return "the one channel";
  return some == all ? fmt::format("all {} channels", all) : fmt::format("{} of {} channels", some, all);
}

std::string ops_text(const std::vector<std::size_t>& nodes) {
  std::vector<std::string> ranges;
  for (std::size_t i = 0; i < nodes.size();) {
    std::size_t last = i;
    while (last + 1 < nodes.size() && nodes[last + 1] == nodes[last] + 1) ++last;
    ranges.push_back(last > i ? fmt::format("{} to {}", nodes[i], nodes[last]) : fmt::format("{}", nodes[i]));
    i = last + 1;
  }
  constexpr std::size_t kMost = 6;
  std::string text = nodes.size() == 1 ? "op " : "ops ";
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (i == kMost && ranges.size() > kMost + 1) return text + fmt::format(" and {} more", ranges.size() - kMost);
    text += i == 0 ? ranges[i] : fmt::format("{}{}", i + 1 == ranges.size() ? " and " : ", ", ranges[i]);
  }
  return text;
}

bool is_codes(DType type) { return is_8bit(type) || type == DType::kInt16; }

}  // namespace nputwin::lint_rules
