#include "report/lint_report.h"

#include <algorithm>

#include "base/in_lines.h"
#include "io/json.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

/// Words in lines of 80 columns, each line after `indent` blanks.
std::string wrapped_at(const std::string& text, std::size_t indent) {
  constexpr std::size_t kWidth = 80;
  return in_lines(text, kWidth, indent, std::string(indent, ' '));
}

std::string place_text(const Finding& f) {
  std::string text;
  if (f.node) {
    if (!f.node->in_main()) text = fmt::format("subgraph {} ", f.node->subgraph);
    text += fmt::format("op {} {}", f.node->index, f.op);
  }
  if (!f.tensor.empty()) text += fmt::format("{}'{}'", text.empty() ? "" : " ", shortened(f.tensor, kNameColumns));
  return text.empty() ? "the file" : text;
}

/// The reason with the names of the node's tensors shortened.
std::string reason_text(const Model& model, const Finding& f) {
  std::string text = f.reason;
  if (!f.node) return text;
  const Graph& graph = model.graph(f.node->subgraph);
  for (const auto* tensors : {&model.node(*f.node).inputs, &model.node(*f.node).outputs}) {
    for (const int t : *tensors) {
      const std::string name = t < 0 ? "" : graph.spec(t).name;
      const std::size_t at = name.empty() ? std::string::npos : text.find(name);
      if (at != std::string::npos) text.replace(at, name.size(), shortened(name, kNameColumns));
    }
  }
  return text;
}

/// Findings of one rule, severity and profile stand together; only the first few are shown whole.
bool together(const Finding& a, const Finding& b) {
  return a.severity == b.severity && a.rule == b.rule && a.profile == b.profile;
}

std::string rest_text(std::span<const Finding> rest) {
  std::string ops;
  constexpr std::size_t kMost = 12;
  for (std::size_t i = 0; i < std::min(kMost, rest.size()); ++i)
    ops += fmt::format("{}{}", i > 0 ? ", " : "", rest[i].node ? rest[i].node->index : 0);
  if (rest.size() > kMost) ops += ", …";
  return wrapped_at(fmt::format("and {} more: op{} {}", rest.size(), rest.size() == 1 ? "" : "s", ops), 4);
}

std::string group_text(const Model& model, std::span<const Finding> group) {
  const auto names = lint_rule_names();
  const auto rule = std::ranges::find(names, group[0].rule, &RuleName::name);
  const std::string whose = group[0].profile.empty() ? "" : fmt::format(" ({})", group[0].profile);
  std::string text =
      wrapped_at(fmt::format("{}{}: {}", group[0].rule, whose, rule == names.end() ? "" : rule->finds), 2);
  constexpr std::size_t kShown = 3;
  const std::size_t whole = group.size() > kShown + 1 ? kShown : group.size();
  for (std::size_t i = 0; i < whole; ++i) {
    text += wrapped_at(place_text(group[i]), 4) + wrapped_at(reason_text(model, group[i]), 8);
    if (i + 1 == whole || group[i].fix != group[i + 1].fix) text += wrapped_at("fix: " + group[i].fix, 8);
  }
  return whole == group.size() ? text : text + rest_text(group.subspan(whole));
}

std::string count_of(std::span<const Finding> findings, Severity severity) {
  const auto count = std::ranges::count(findings, severity, &Finding::severity);
  return fmt::format("{} {}{}", count, name(severity), count == 1 ? "" : "s");
}

}  // namespace

std::string lint_text(const Model& model, std::span<const Finding> findings) {
  const std::size_t ops = model.main().nodes.size();
  std::string text = fmt::format("{}: {} op{}\n", model.path, ops, ops == 1 ? "" : "s");
  for (std::size_t first = 0; first < findings.size();) {
    std::size_t end = first + 1;
    while (end < findings.size() && together(findings[first], findings[end])) ++end;
    if (first == 0 || findings[first].severity != findings[first - 1].severity)
      text += fmt::format("\n{}s\n", name(findings[first].severity));
    text += group_text(model, findings.subspan(first, end - first));
    first = end;
  }
  return text + fmt::format("\n{}, {}, {}\n", count_of(findings, Severity::kError),
                            count_of(findings, Severity::kWarning), count_of(findings, Severity::kNote));
}

std::string lint_json(const Model& model, const std::vector<std::string>& profiles, std::span<const Finding> findings) {
  Json json{{"model", model.path}, {"profiles", profiles}};
  auto& counts = json["counts"] = Json::object();
  for (const Severity severity : {Severity::kError, Severity::kWarning, Severity::kNote})
    counts[std::string(name(severity))] = std::ranges::count(findings, severity, &Finding::severity);
  auto& list = json["findings"] = Json::array();
  for (const Finding& f : findings) {
    Json item{{"rule", f.rule}, {"severity", name(f.severity)}};
    if (f.node) {
      if (!f.node->in_main()) item["subgraph"] = f.node->subgraph;
      item["op"] = f.node->index;
      item["type"] = f.op;
    }
    if (!f.tensor.empty()) item["tensor"] = f.tensor;
    if (!f.profile.empty()) item["profile"] = f.profile;
    item["reason"] = f.reason;
    item["fix"] = f.fix;
    list.push_back(std::move(item));
  }
  return to_text(json);
}

}  // namespace nputwin::report
