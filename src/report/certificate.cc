#include "report/certificate.h"

#include <cmath>
#include <map>

#include "analysis/prove/ideal.h"
#include "base/hash.h"
#include "io/json.h"
#include "mac/mac_kernel.h"
#include "profile/profile_json.h"

namespace nputwin::report {
namespace {

Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

/// Sorted keys, no blanks: the text whose hash stands in the document.
std::string canonical(const Json& json) { return nlohmann::json(json).dump(); }
std::string hash_of(const Json& json) { return sha256_hex(bytes_of(canonical(json))); }

/// Things that stand once, known elsewhere by where they stand.
class Table {
 public:
  std::int64_t index_of(Json item) {
    const auto [found, added] = places_.try_emplace(to_line(item), static_cast<std::int64_t>(items_.size()));
    if (added) items_.push_back(std::move(item));
    return found->second;
  }
  [[nodiscard]] const Json& items() const { return items_; }

 private:
  std::map<std::string, std::int64_t> places_;
  Json items_ = Json::array();
};

/// A code as a number; a real number exactly, as C writes it in base 16.
Json value_of(double value) {
  constexpr double kExact = 0x1p53;
  if (value == std::floor(value) && std::abs(value) < kExact) return static_cast<std::int64_t>(value);
  return fmt::format("{:a}", value);
}

/// Codes one after another as their number; others as a number in base 16 whose bit i is set for first_code + i.
Json codes_json(const std::vector<bool>& codes) {
  if (std::ranges::find(codes, false) == codes.end()) return codes.size();
  constexpr std::size_t kBits = 4;
  std::string digits;
  for (std::size_t i = 0; i < codes.size(); i += kBits) {
    unsigned digit = 0;
    for (std::size_t k = 0; k < kBits && i + k < codes.size(); ++k) digit |= codes[i + k] ? 1U << k : 0U;
    digits += "0123456789abcdef"[digit];
  }
  return std::string(digits.rbegin(), digits.rend());
}

class Writer {
 public:
  explicit Writer(const Certified& certified) : c_(certified) {}

  std::string write() {
    Json ops = Json::array();
    for (const ProvenOp& op : c_.proof.ops) ops.push_back(op_json(op));
    Json codes = Json::array();
    for (const auto& [tensor, range] : c_.proof.codes) codes.push_back({tensor, range.lo, range.hi});
    Json profiles = profiles_json();  // before the table of rules is read
    const bool differs = c_.proof.count(ProofVerdict::kDiffers) > 0;
    const ProofVerdict verdict = c_.proof.equal() ? ProofVerdict::kEqual
                                 : differs        ? ProofVerdict::kDiffers
                                                  : ProofVerdict::kOpen;
    Json document{{"schema", "nputwin-certificate"},
                  {"schema_version", kCertificateVersion},
                  {"nputwin", c_.version},
                  {"model", {{"file", c_.file}, {"bytes", c_.model.size()}, {"sha256", sha256_hex(c_.model)}}},
                  {"verdict", name(verdict)},
                  {"profiles", std::move(profiles)},
                  {"rules", rules_.items()},
                  {"thresholds", thresholds_.items()},
                  {"codes", std::move(codes)},
                  {"ops", std::move(ops)}};
    document["sha256"] = hash_of(document);
    return to_line(document) + "\n";
  }

 private:
  using KnownRule = std::pair<RequantizeRule, std::int64_t>;  // with its place in the table
  struct Side {
    const Profile* profile;
    std::int64_t ops_a = 0, ops_b = 0;
  };

  std::int64_t rule_index(const RequantizeRule& rule) {
    const auto known = std::ranges::find(known_rules_, rule, &KnownRule::first);
    if (known != known_rules_.end()) return known->second;
    Profile carrier;
    carrier.mul = rule;
    const std::int64_t index = rules_.index_of(parameters_of(carrier)["mul"]);
    known_rules_.emplace_back(rule, index);
    return index;
  }
  static Json parameters_of(const Profile& profile) {
    return without_nulls((*parse_json(profile_to_json(profile)))["parameters"]);
  }
  /// What a profile has none of is left out.
  static Json without_nulls(const Json& json) {
    if (!json.is_object()) return json;
    Json object = Json::object();
    for (const auto& [key, value] : json.items()) {
      if (!value.is_null()) object[key] = without_nulls(value);
    }
    return object;
  }
  /// A profile's parameters with its rules in their table.
  Json with_rules_in_table(const Json& parameters) {
    if (!parameters.is_object()) return parameters;
    if (parameters.contains("multiplier_bits")) return rules_.index_of(parameters);
    Json object = Json::object();
    for (const auto& [key, value] : parameters.items()) object[key] = with_rules_in_table(value);
    return object;
  }

  /// Whose rules hold for a node.
  std::int64_t profile_index(const Session& side, NodeId node, std::int64_t Side::*count) {
    const Profile* profile = side.preparation().rules(node).profile;
    if (profile == nullptr) return -1;
    std::size_t i = 0;
    while (i < sides_.size() && sides_[i].profile->name != profile->name) ++i;
    if (i == sides_.size()) sides_.push_back({profile});
    ++(sides_[i].*count);
    return static_cast<std::int64_t>(i);
  }

  Json profiles_json() {
    Json profiles = Json::array();
    for (const Side& side : sides_) {
      const Json parameters = parameters_of(*side.profile);
      profiles.push_back({{"name", side.profile->name},
                          {"ops", {side.ops_a, side.ops_b}},
                          {"sha256", hash_of(parameters)},
                          {"parameters", with_rules_in_table(parameters)}});
    }
    return profiles;
  }

  Json op_json(const ProvenOp& op) {
    const OpProof& proof = op.proof;
    Json json{{"op", op.node.index},
              {"type", op.op},
              {"profiles", {profile_index(c_.a, op.node, &Side::ops_a), profile_index(c_.b, op.node, &Side::ops_b)}},
              {"verdict", name(proof.verdict)},
              {"by", name(proof.by)}};
    const bool is_counted = is_by_values(proof.by);
    if (proof.verdict == ProofVerdict::kOpen || !is_counted) return json;
    json["arguments"] = proof.arguments;
    json["differing"] = proof.differing;
    if (proof.at_most) json["at_most"] = 1;
    Json channels = channels_json(op);
    if (proof.example) {
      json["largest"] = value_of(proof.largest);
      json["example"] = example_json(op, *proof.example, channels);
    }
    if (!channels.empty()) json["channels"] = std::move(channels);
    return json;
  }

  /// Of multiply-accumulate layers.
  Json channels_json(const ProvenOp& op) {
    Json channels = Json::array();
    const Kernel *a = c_.a.kernel(op.node), *b = c_.b.kernel(op.node);
    if (op.proof.by != ProofBy::kSums || a == nullptr || b == nullptr) return channels;
    const MacKernel *mac_a = mac_kernel_of(*a), *mac_b = mac_kernel_of(*b);
    if (mac_a == nullptr || mac_b == nullptr) return channels;
    const auto of_a = a->definition(c_.a.context(op.node)), of_b = b->definition(c_.b.context(op.node));
    for (const ProvenSums& sums : op.proof.channels) {
      if (sums.ahead != 0) return Json::array();  // the sides add up other sums: no one interval says what both get
      const ElementEpilogue step_a = mac_a->epilogue().element(sums.element),
                            step_b = mac_b->epilogue().element(sums.element);
      channels.push_back({sums.element, sums.lowest, sums.highest, sums.step, rule_index(step_a.rule),
                          rule_index(step_b.rule), thresholds_index(*of_a, step_a, sums),
                          thresholds_index(*of_b, step_b, sums), sums.differing});
    }
    return channels;
  }
  /// -1 where a register may overflow, so that thresholds do not say all.
  std::int64_t thresholds_index(const Definition& definition, const ElementEpilogue& step, const ProvenSums& sums) {
    if (!definition.rises(sums.element, sums.lowest, sums.highest)) return -1;
    const Thresholds thresholds = thresholds_of(definition.function(sums.element), definition.slope(sums.element),
                                                sums.lowest, sums.highest, step.clamp.lo, step.clamp.hi);
    Json list = Json::array();
    const double multiplier = multiplier_integers(step.rule, step.scale).real;
    for (const Deviation& d : deviations(thresholds, multiplier, step.zero_point, sums.lowest, sums.highest))
      list.push_back({d.distance, d.first_code, codes_json(d.codes)});
    return thresholds_.index_of(std::move(list));
  }

  /// Sums: all around the example's that become what it becomes. `channels`: the op's, if it has such.
  Json example_json(const ProvenOp& op, const CounterExample& example, const Json& channels) {
    Json json{{"element", example.element}, {"a", value_of(example.a)}, {"b", value_of(example.b)}};
    if (op.proof.by == ProofBy::kCodes) json["code"] = example.argument;
    if (op.proof.by == ProofBy::kPairs) json["codes"] = {example.argument, example.second};
    if (op.proof.by != ProofBy::kSums) return json;
    const auto of_a = c_.a.kernel(op.node)->definition(c_.a.context(op.node));
    const auto of_b = c_.b.kernel(op.node)->definition(c_.b.context(op.node));
    const auto function_a = of_a->function(example.element), function_b = of_b->function(example.element);
    for (std::size_t c = 0; c < op.proof.channels.size(); ++c) {
      const ProvenSums& sums = op.proof.channels[c];
      if (of_a->function_number(sums.element) != of_a->function_number(example.element) ||
          of_b->function_number(sums.element) != of_b->function_number(example.element))
        continue;
      const auto same = [&](std::int64_t sum) {
        return function_a(sum, 0) == example.a && function_b(sum + sums.ahead, 0) == example.b;
      };
      std::int64_t first = example.argument, last = first;
      while (first > sums.lowest && same(first - 1)) --first;
      while (last < sums.highest && same(last + 1)) ++last;
      if (!channels.empty()) json["channel"] = c;
      json["sums"] = {first, last};
    }
    return json;
  }

  const Certified& c_;
  Table rules_, thresholds_;
  std::vector<Side> sides_;
  std::vector<KnownRule> known_rules_;
};

}  // namespace

Result<std::string> certificate(const Certified& certified) {
  if (certified.proof.stopped) return error("interrupted: a certificate is of all ops");
  return Writer(certified).write();
}

}  // namespace nputwin::report
