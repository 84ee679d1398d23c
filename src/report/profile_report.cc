#include "report/profile_report.h"

#include <algorithm>

#include "io/json.h"
#include "profile/profile.h"
#include "profile/rules.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

/// {place: rule's name} of every requantization of a profile's known families, without those that equal the main one.
Json requantizations(const Profile& p) {
  Json json = Json::object();
  const auto add = [&](Family family, const std::string& place, const RequantizeRule& rule) {
    if (p.evidence_of(family).confidence == Confidence::kUnknown) return;
    const bool product32 = rule.scale == RequantizeRule::Scale::kBinary32Product;
    json[place] = fmt::format("{}{}", rules::name_of(rule), product32 ? ", s_in*s_w in binary32" : "");
  };
  const auto add_variant = [&](Family family, const std::string& place, const RequantizeRule& rule,
                               const RequantizeRule& main) {
    if (!(rule == main)) add(family, place, rule);
  };
  for (const auto& [type, rules] : {std::pair("int8", &p.int8), std::pair("uint8", &p.uint8)}) {
    const std::string conv = fmt::format("{} convolution", type), product = fmt::format("{} fully_connected", type);
    add(Family::kConvolution, conv, rules->conv.rule);
    add_variant(Family::kConvolution, conv + ", one position", rules->conv.single_column, rules->conv.rule);
    add_variant(Family::kConvolution, conv + ", grouped", rules->conv.grouped, rules->conv.rule);
    add(Family::kFullyConnected, product, rules->fully_connected.rule);
    add_variant(Family::kFullyConnected, product + ", one row", rules->fully_connected.single_column,
                rules->fully_connected.rule);
    for (const auto& [family, r] : {std::pair(Family::kDepthwise, &rules->depthwise),
                                    std::pair(Family::kTransposeConvolution, &rules->transpose_conv)}) {
      const std::string place = fmt::format("{} {}", type, name(family));
      add(family, place, r->rule);
      add_variant(family, fmt::format("{}, beyond blocks of {}", place, r->block), r->last_channels, r->rule);
      add_variant(family, place + ", fast 3x3", r->fast_3x3, r->rule);
    }
  }
  add(Family::kBatchMatmul, "batch_matmul", p.batch_matmul.rule);
  add_variant(Family::kBatchMatmul, "batch_matmul, without adj_y", p.batch_matmul.by_rows, p.batch_matmul.rule);
  add_variant(Family::kBatchMatmul, "batch_matmul, one row", p.batch_matmul.one_row, p.batch_matmul.rule);
  add_variant(Family::kBatchMatmul, "batch_matmul, one row without adj_y", p.batch_matmul.one_row_by_rows,
              p.batch_matmul.by_rows);
  if (p.mul_method != MulMethod::kReal) add(Family::kMul, "mul", p.mul);
  add(Family::kRelu, "relu", p.relu);
  if (p.int16) {
    add(Family::kInt16, "int16 layers, sums of 64 bits", p.int16->int64_sum);
    add(Family::kInt16, "int16 layers, sums of 32 bits", p.int16->int32_sum);
    if (const auto& rule = p.int16->fully_connected_int64_sum)
      add(Family::kInt16, "int16 fully_connected, sums of 64 bits", *rule);
    if (const auto& rule = p.int16->fully_connected_int32_sum)
      add(Family::kInt16, "int16 fully_connected, sums of 32 bits", *rule);
  }
  return json;
}

constexpr std::size_t kConfidenceWidth = 10, kMeantWidth = 20;

/// How well a profile's convolutions are known, with a star where something else is assumed.
std::string confidence_text(const Profile& profile) {
  const Confidence layers = profile.evidence_of(Family::kConvolution).confidence;
  const auto is_assumed = [](const Evidence& e) { return e.confidence == Confidence::kAssumed; };
  const bool star = layers != Confidence::kAssumed && std::ranges::any_of(profile.evidence, is_assumed);
  return fmt::format("{}{}", name(layers), star ? "*" : "");
}

}  // namespace

std::string profile_text(const Profile& profile) {
  std::string text = fmt::format("{}\n  {}\n", profile.name, profile.summary);
  if (!profile.fallback.empty()) text += fmt::format("  ops that its delegate rejects: as {}\n", profile.fallback);
  for (const Evidence& e : profile.evidence)
    text += fmt::format("  {:<16} {:<9} {}\n  {:<16} {:<9}   {}\n", name(e.family), name(e.confidence), e.rule, "", "",
                        e.source);
  return text + '\n';
}

std::string profile_list_text(std::span<const ProfileGroup> groups, std::span<const Alias> aliases,
                              std::size_t columns) {
  std::string text;
  const auto add = [&](std::string_view first, std::string_view second, std::size_t width, const std::string& third) {
    text += cut_off(fmt::format("  {:<27}  {:<{}}  {}", first, second, width, third), columns) + "\n";
  };
  for (const auto& [title, profiles] : groups) {
    text += cut_off(std::string(title), columns) + "\n";
    for (const Profile& p : profiles) add(p.name, confidence_text(p), kConfidenceWidth, p.summary);
    text += '\n';
  }
  text += "By what you have\n";
  for (const Alias& alias : aliases) {
    const std::string meant = alias.profiles.empty()       ? "none: give a capture"
                              : alias.profiles.size() == 1 ? std::string(alias.profiles.front())
                                                           : fmt::format("one of {} builds", alias.profiles.size());
    add(alias.name, meant, kMeantWidth, std::string(alias.what));
  }
  return text +
         "\nHow well known: the convolutions; * rules of other ops are assumed.\n"
         "`nputwin profiles show NAME`: each op's rule, and where it is known from.\n";
}

std::string profiles_json(std::span<const Profile> profiles) {
  Json json = Json::array();
  for (const Profile& profile : profiles) {
    Json families = Json::array();
    for (const Evidence& e : profile.evidence) {
      families.push_back(
          {{"family", name(e.family)}, {"confidence", name(e.confidence)}, {"rule", e.rule}, {"source", e.source}});
    }
    Json delegated = Json::array();
    for (const DelegatedOp& d : profile.delegated)
      delegated.push_back({{"op", d.op}, {"float32", d.float32}, {"int8", d.int8}, {"uint8", d.uint8}});
    json.push_back({{"name", profile.name},
                    {"aliases", Json::array()},  // always empty; readers of the format expect the key
                    {"summary", profile.summary},
                    {"fallback", profile.fallback},
                    {"delegate", name(profile.delegate)},
                    {"delegated", std::move(delegated)},
                    {"requantizations", requantizations(profile)},
                    {"families", std::move(families)}});
  }
  return to_text(json);
}

std::string runtimes_text(std::span<const MeasuredRuntime> runtimes) {
  std::string text =
      fmt::format("{:<14} {:<7} {:<5} {:<8} {:<28} {}\n", "package", "version", "", "mode", "profile", "how near");
  for (const MeasuredRuntime& r : runtimes)
    text += fmt::format("{:<14} {:<7} {:<5} {:<8} {:<28} {}\n", r.package, r.version, r.architecture, name(r.mode),
                        r.profile, name(r.nearness));
  return text;
}

std::string runtimes_json(std::span<const MeasuredRuntime> runtimes) {
  auto json = Json::array();
  for (const MeasuredRuntime& r : runtimes)
    json.push_back({{"package", r.package},
                    {"version", r.version},
                    {"architecture", r.architecture},
                    {"mode", name(r.mode)},
                    {"profile", r.profile},
                    {"nearness", name(r.nearness)}});
  return to_text(json);
}

}  // namespace nputwin::report
