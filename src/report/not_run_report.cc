#include "report/not_run_report.h"

#include <algorithm>

#include "report/text.h"

namespace nputwin::report {
namespace {

/// "57 to 60, 62".
std::string ranges_text(const std::vector<NotRun::Op>& ops) {
  std::string text;
  constexpr int kMost = 4;
  int shown = 0;
  for (std::size_t i = 0; i < ops.size();) {
    std::size_t last = i;
    while (last + 1 < ops.size() && ops[last + 1].node == ops[last].node + 1) ++last;
    if (++shown > kMost) return text + " and others";
    text += text.empty() ? "" : ", ";
    text += last > i ? fmt::format("{} to {}", ops[i].node, ops[last].node) : fmt::format("{}", ops[i].node);
    i = last + 1;
  }
  return text;
}

/// "'a', 'b' and 3 more".
std::string names_text(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 2;
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, names.size()); ++i)
    text += fmt::format("{}'{}'", i > 0 ? ", " : "", shortened(names[i], kNameColumns));
  return names.size() > kMost ? text + fmt::format(" and {} more", names.size() - kMost) : text;
}

/// The first op that cannot run, and how many others there are.
std::string reason_text(const NotRun& not_run) {
  const auto cannot = [](const NotRun::Op& op) { return !op.why.empty(); };
  const auto first = std::find_if(not_run.ops.begin(), not_run.ops.end(), cannot);
  if (first == not_run.ops.end()) return "they come after --until";
  const auto others = std::count_if(first + 1, not_run.ops.end(), cannot);
  const std::string more = others == 0 ? "" : fmt::format(" ({} more cannot run)", others);
  if (not_run.ops.size() == 1) return fmt::format("{}: {}", first->op, first->why);
  return fmt::format("op {} {}: {}{}", first->node, first->op, first->why, more);
}

}  // namespace

std::vector<std::string> not_run_lines(const NotRun& not_run) {
  if (not_run.ops.empty()) return {};
  const bool one = not_run.ops.size() == 1;
  std::vector<std::string> lines{fmt::format("op{} {} {} not run: {}", one ? "" : "s", ranges_text(not_run.ops),
                                             one ? "is" : "are", reason_text(not_run))};
  std::string ends;
  if (!not_run.lost.empty())
    ends = fmt::format("output{} {} cannot be had", not_run.lost.size() == 1 ? "" : "s", names_text(not_run.lost));
  if (!not_run.instead.empty())
    ends += fmt::format("{}what runs ends with {}", ends.empty() ? "" : "; ", names_text(not_run.instead));
  if (!ends.empty()) lines.push_back(std::move(ends));
  return lines;
}

Json not_run_json(const NotRun& not_run) {
  if (not_run.ops.empty()) return nullptr;
  Json json{{"lost_outputs", not_run.lost}, {"ends", not_run.instead}};
  auto& ops = json["ops"] = Json::array();
  for (const NotRun::Op& op : not_run.ops) {
    ops.push_back({{"op", op.node}, {"type", op.op}});
    if (!op.why.empty()) ops.back()["why"] = op.why;
    if (op.asked) ops.back()["after_until"] = true;
  }
  return json;
}

NotRun not_run_of_json(const Json& json) {
  NotRun not_run;
  if (json.is_null()) return not_run;
  not_run.lost = json.at("lost_outputs").get<std::vector<std::string>>();
  not_run.instead = json.at("ends").get<std::vector<std::string>>();
  for (const Json& op : json.at("ops"))
    not_run.ops.push_back({op.at("op").get<std::size_t>(), op.at("type").get<std::string>(),
                           op.value("why", std::string()), op.value("after_until", false)});
  return not_run;
}

}  // namespace nputwin::report
