#include "analysis/compare/condition.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace nputwin {

struct Condition::Named {
  std::string_view name;
  Figure figure;
};

constexpr Condition::Named Condition::kFigures[] = {
    {"mismatch", [](const DifferenceStats& s) { return std::optional(s.mismatch_rate()); }},
    {"largest", [](const DifferenceStats& s) { return std::optional(s.largest()); }},
    {"bias", [](const DifferenceStats& s) { return std::optional(std::abs(s.bias())); }},
    {"std", [](const DifferenceStats& s) { return std::optional(s.deviation()); }},
    {"mae", [](const DifferenceStats& s) { return std::optional(s.mean_absolute()); }},
    {"rmse", [](const DifferenceStats& s) { return std::optional(s.rms()); }},
    {"sqnr", [](const DifferenceStats& s) { return s.sqnr_db(); }},
    {"psnr", [](const DifferenceStats& s) { return s.psnr_db(); }},
    {"cosine", [](const DifferenceStats& s) { return s.cosine(); }},
};

Result<Condition> Condition::parse(std::string_view text) {
  Condition condition;
  condition.text_ = text;
  const auto wrong = [&] {
    std::string names;
    for (const Named& f : kFigures) names += fmt::format("{}{}", names.empty() ? "" : ", ", f.name);
    return error("'{}': expected a figure ({}), one of > >= < <=, and a number, as in mismatch>0.1%", text, names);
  };
  const std::size_t at = text.find_first_of("<>");
  if (at == std::string_view::npos) return wrong();
  const auto* named = std::find_if(std::begin(kFigures), std::end(kFigures),
                                   [&](const Named& f) { return f.name == text.substr(0, at); });
  if (named == std::end(kFigures)) return wrong();
  condition.figure_ = named->figure;
  condition.greater_ = text[at] == '>';
  std::string_view rest = text.substr(at + 1);
  condition.or_equal_ = rest.starts_with('=');
  if (condition.or_equal_) rest.remove_prefix(1);
  const bool percent = rest.ends_with('%') && named->name == "mismatch";
  if (percent) rest.remove_suffix(1);
  const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), condition.bound_);
  if (rest.empty() || failed != std::errc() || end != rest.data() + rest.size() || !std::isfinite(condition.bound_))
    return wrong();
  if (percent) condition.bound_ /= 100;
  return condition;
}

bool Condition::holds(const DifferenceStats& stats) const {
  const std::optional<double> value = figure_(stats);
  if (!value) return false;
  if (or_equal_ && *value == bound_) return true;
  return greater_ ? *value > bound_ : *value < bound_;
}

}  // namespace nputwin
