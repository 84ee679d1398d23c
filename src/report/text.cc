#include "report/text.h"

#include <algorithm>

#include "base/utf8.h"
#include "report/where.h"

namespace nputwin::report {
namespace {

/// Where the character of that number begins; the end where there are fewer.
std::size_t place_of_character(const std::string& text, std::size_t number) {
  std::size_t at = 0;
  for (std::size_t before = 0; at < text.size(); ++at) {
    if (begins_character(text[at]) && before++ == number) break;
  }
  return at;
}

}  // namespace

std::string shortened(const std::string& name, std::size_t columns) {
  const std::size_t length = characters(name);
  columns = std::max<std::size_t>(columns, 3);
  if (length <= columns) return name;
  const std::size_t tail = (columns - 1) / 2, head = columns - 1 - tail;
  return name.substr(0, place_of_character(name, head)) + "…" + name.substr(place_of_character(name, length - tail));
}

std::string cut_off(const std::string& text, std::size_t columns) {
  columns = std::max<std::size_t>(columns, 1);
  if (characters(text) <= columns) return text;
  return text.substr(0, place_of_character(text, columns - 1)) + "…";
}

std::string causes_text(const CauseCounts& causes, std::string_view before_count, std::string_view between) {
  std::string text;
  causes.each([&](Cause cause, std::int64_t count) {
    text += fmt::format("{}{}{}{}", text.empty() ? "" : between, name(cause), before_count, count);
  });
  return text;
}

std::optional<double> isolated_percent(const LayerDiff& layer) {
  if (!layer.has_isolated()) return std::nullopt;
  return 100 * layer.isolated.mismatch_rate();
}

std::string where_text(const LayerDiff& layer) {
  const bool isolated = layer.has_isolated() && layer.isolated.mismatches() > 0;
  const auto where = where_of(isolated ? layer.isolated : layer.accumulated, layer.shape);
  return where ? where->text : "";
}

std::optional<double> expected_percent(const LayerDiff& layer) {
  if (!layer.expected || !layer.has_isolated()) return std::nullopt;
  return 100 * *layer.expected / static_cast<double>(layer.isolated.elements());
}

std::string difference_unit(const LayerDiff& layer) {
  return layer.type == DType::kFloat32 || layer.type == DType::kBool ? "real" : "steps";
}

std::string share_text(double percent) {
  return percent >= 10 ? fmt::format("{:.0f} %", percent) : fmt::format("{:.2g} %", percent);
}

std::string csv_field(std::string text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  for (std::size_t i = 0; (i = text.find('"', i)) != std::string::npos; i += 2) text.insert(i, 1, '"');
  return '"' + text + '"';
}

std::string markup_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
        break;
    }
  }
  return result;
}

}  // namespace nputwin::report
