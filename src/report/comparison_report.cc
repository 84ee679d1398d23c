#include "report/comparison_report.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "io/json.h"

namespace nputwin::report {
namespace {

/// Each set of changes inside a rule, with the rules that change in exactly that way, in the order of the parameters.
std::vector<std::pair<std::string, std::vector<std::string>>> changes_and_places(
    const std::vector<ParameterDifference>& differences) {
  std::vector<std::pair<std::string, std::string>> by_place;
  for (const ParameterDifference& d : differences) {
    const auto dot = d.path.rfind('.');
    const std::string place = dot == std::string::npos ? "profile" : d.path.substr(0, dot);
    auto at = std::find_if(by_place.begin(), by_place.end(), [&](const auto& p) { return p.first == place; });
    if (at == by_place.end()) at = by_place.insert(at, {place, ""});
    at->second += fmt::format("  {}: {} -> {}\n", d.path.substr(dot == std::string::npos ? 0 : dot + 1), d.a, d.b);
  }
  std::vector<std::pair<std::string, std::vector<std::string>>> result;
  for (auto& [place, changes] : by_place) {
    const auto same =
        std::find_if(result.begin(), result.end(), [&, &wanted = changes](const auto& r) { return r.first == wanted; });
    if (same != result.end()) {
      same->second.push_back(place);
    } else {
      result.push_back({changes, {place}});
    }
  }
  return result;
}

std::string wrapped(const std::vector<std::string>& words) {
  constexpr std::size_t kWidth = 110;
  std::string text;
  std::size_t line = 0;
  for (const std::string& word : words) {
    if (!text.empty()) {
      text += ',';
      line += 2;
    }
    if (line + word.size() > kWidth) {
      text += '\n';
      line = 0;
    }
    if (line > 0) text += ' ';
    text += word;
    line += word.size();
  }
  return text;
}

std::vector<std::string_view> unsampled(const ProfileComparison& c) {
  std::vector<std::string_view> names(kEnumNames<Family>.begin(), kEnumNames<Family>.end());
  for (const SampledDifference& row : c.sampled) std::erase(names, name(row.sample->family()));
  return names;
}

std::string histogram_cell(const DifferenceStats& stats) {
  std::string text;
  int shown = 0;
  for (const auto& [lsb, count] : stats.histogram()) {
    if (lsb == 0) continue;
    if (++shown > 6) return text + " …";
    text += fmt::format(" {:+}:{}", lsb, count);
  }
  return text;
}

}  // namespace

std::string comparison_text(const ProfileComparison& c) {
  std::string text = fmt::format("A = {}\nB = {}; differences are B - A\n\n", c.a, c.b);
  if (c.parameters.empty()) text += "all parameters are the same\n";
  for (const auto& [changes, places] : changes_and_places(c.parameters)) text += wrapped(places) + ":\n" + changes;
  text +=
      fmt::format("\n{:<16} {:<24} {:<7} {:>10} {:>9}  LSB histogram\n", "family", "op", "type", "differ", "largest");
  for (const SampledDifference& row : c.sampled) {
    const SampleOp& s = *row.sample;
    text += fmt::format("{:<16} {:<24} {:<7} ", name(s.family()), s.op, name(s.type));
    if (!row.refused.empty()) {
      text += fmt::format("{:>10}\n", row.unknown_to.empty() ? "not run" : "unknown");
      continue;
    }
    const double percent = 100 * row.stats.mismatch_rate();
    text += fmt::format("{:>10} {:>9.3g} {}\n", row.stats.mismatches() == 0 ? "0" : fmt::format("{:.3f} %", percent),
                        row.stats.largest(), histogram_cell(row.stats));
  }
  text += fmt::format("\nfamilies that sampling does not cover: {}\n", fmt::join(unsampled(c), ", "));
  for (const std::string& side : {c.a, c.b}) {
    std::vector<std::string_view> families;
    for (const SampledDifference& row : c.sampled) {
      const std::string_view family = name(row.sample->family());
      if (row.unknown_to == side && std::ranges::find(families, family) == families.end()) families.push_back(family);
    }
    if (!families.empty())
      text +=
          fmt::format("profile {} does not define these families ({}{{substitute.FAMILY=OTHER}} borrows a rule): {}\n",
                      side, side, fmt::join(families, ", "));
  }
  for (const SampledDifference& row : c.sampled) {
    if (!row.refused.empty() && row.unknown_to.empty())
      text += fmt::format("not run: {} {}: {}\n", row.sample->op, name(row.sample->type), row.refused);
  }
  return text;
}

std::string comparison_json(const ProfileComparison& c) {
  Json json{{"a", c.a}, {"b", c.b}};
  auto& parameters = json["parameters"] = Json::array();
  for (const ParameterDifference& d : c.parameters) parameters.push_back({{"path", d.path}, {"a", d.a}, {"b", d.b}});
  auto& sampled = json["sampled"] = Json::array();
  for (const SampledDifference& row : c.sampled) {
    Json item{{"family", name(row.sample->family())}, {"op", row.sample->op}, {"type", name(row.sample->type)}};
    if (!row.refused.empty()) {
      item["refused"] = row.refused;
    } else {
      item["elements"] = row.stats.elements(), item["mismatches"] = row.stats.mismatches();
      item["largest"] = row.stats.largest();
    }
    sampled.push_back(std::move(item));
  }
  return to_text(json);
}

}  // namespace nputwin::report
