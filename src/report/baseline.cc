#include "report/baseline.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nputwin::report {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

using Ranges = std::vector<std::pair<std::size_t, std::size_t>>;

/// As --samples takes them: "0:5", "0:5, 10:15".
std::string ranges_text(const Ranges& ranges) {
  std::string text;
  for (const auto& [first, last] : ranges) text += fmt::format("{}{}:{}", text.empty() ? "" : ", ", first, last);
  return text;
}

/// Only a whole number is converted: another type throws, and 1e30 fits no integer.
Status check_version(const Json& json, const std::string& path) {
  const auto version = json.find("schema_version");
  const bool there = version != json.end();
  if (there && version->is_number_integer() && *version == kSchemaVersion) return {};
  return error("{}: has schema version {}, expected {}: write the baseline again", path,
               there ? to_line(*version) : "none", kSchemaVersion);
}

std::string key_of(const std::string& type, const std::string& name) { return type + '\n' + name; }

/// Which of the layers of one name and type it is.
std::size_t place_among(const DiffResult& result, const LayerDiff& layer) {
  std::size_t before = 0;
  for (const LayerDiff& other : result.layers) {
    if (&other == &layer) break;
    if (other.name == layer.name && other.op == layer.op) ++before;
  }
  return before;
}

/// A number that was printed: null stands for what is undefined, and in figures that equal values leave infinite.
double number(const Json& json, double where_equal, std::int64_t mismatches) {
  if (!json.is_null()) return json.get<double>();
  return mismatches == 0 ? where_equal : kUndefined;
}

/// As figure_of has it of DifferenceStats.
std::optional<double> figure_in(const Json& stats, Metric metric) {
  if (stats.is_null()) return std::nullopt;
  const auto mismatches = stats.at("mismatches").get<std::int64_t>();
  switch (metric) {
    case Metric::kMismatch:
      return static_cast<double>(mismatches) / stats.at("elements").get<double>();
    case Metric::kLargest:  // as figure_of: of NaN there is none, which the mean shows
      return stats.at("mae").is_null() ? kUndefined : number(stats.at("largest"), 0, mismatches);
    case Metric::kBias:
      return std::abs(number(stats.at("bias"), 0, mismatches));
    case Metric::kMse: {
      const double rms = number(stats.at("rmse"), 0, mismatches);
      return rms * rms;
    }
    case Metric::kSqnr:
      return number(stats.at("sqnr_db"), kInfinity, mismatches);
    case Metric::kPsnr:
      return number(stats.at("psnr_db"), kInfinity, mismatches);
    case Metric::kCosine:
      return mismatches == 0 ? 1 : number(stats.at("cosine"), 1, mismatches);
    default:
      return number(stats.at(std::string(name(metric))), 0, mismatches);
  }
}

ClassAgreement rows_in(const Json& agreement) {
  const bool has_top5 = agreement.contains("top5");
  return {agreement.at("rows").get<std::int64_t>(), agreement.at("top1").get<std::int64_t>(),
          has_top5 ? agreement.at("top5").get<std::int64_t>() : 0, has_top5};
}

}  // namespace

Result<Baseline> Baseline::read(const std::string& path) {
  NPUTWIN_ASSIGN_OR_RETURN(const Json json, read_json(path));
  if (!json.is_object() || !json.contains("layers") || !json.contains("a"))
    return error("{}: is no comparison; `nputwin diff --format json` and `nputwin report -o FILE.json` write one",
                 path);
  NPUTWIN_RETURN_IF_ERROR(check_version(json, path));
  Baseline baseline;
  baseline.path_ = path;
  try {
    baseline.take(json);
  } catch (const Json::exception& e) {
    return error("{}: is damaged: {}", path, e.what());
  }
  return baseline;
}

void Baseline::take(const Json& json) {
  a_ = json.at("a").get<std::string>();
  b_ = json.at("b").get<std::string>();
  model_sha256_ = json.at("model_sha256").get<std::string>();
  profile_a_ = json.value("profile_a_sha256", std::string());
  profile_b_ = json.value("profile_b_sha256", std::string());
  inputs_ = inputs_of_json(json.at("inputs"));
  options_ = json.at("options");
  samples_ = json.at("sample_ranges").get<Ranges>();
  for (const Json& layer : json.at("layers")) {
    for (const Metric metric : {Metric::kMismatch, Metric::kLargest, Metric::kBias, Metric::kStd, Metric::kMae,
                                Metric::kMse, Metric::kSqnr, Metric::kPsnr, Metric::kCosine}) {
      (void)figure_in(layer.at("isolated"), metric);  // throws here, not when it is asked for
      (void)figure_in(layer.at("accumulated"), metric);
    }
    layers_[key_of(layer.at("type").get<std::string>(), layer.at("name").get<std::string>())].push_back(layer);
  }
  for (const Json& output : json.at("outputs")) {
    if (output.at("kind") == name(OutputKind::kClasses))
      rows_.emplace(output.at("name").get<std::string>(), rows_in(output.at("agreement")));
  }
}

Status Baseline::differs(const std::string& what, const std::string& before, const std::string& now) const {
  return error("--baseline {}: is of another comparison: {} was {} and is {} now", path_, what, before, now);
}

Status Baseline::check(const Provenance& now) const {
  const auto profile = [&](const char* side, const std::string& name, const std::string& before,
                           const std::string& hash) -> Status {
    if (before == hash) return {};
    return differs(fmt::format("the profile of {}", side),
                   before.empty() ? "a recording" : fmt::format("'{}' (sha256 {:.12})", name, before),
                   hash.empty() ? "a recording" : fmt::format("one of sha256 {:.12}", hash));
  };
  NPUTWIN_RETURN_IF_ERROR(profile("A", a_, profile_a_, now.profile_a));
  NPUTWIN_RETURN_IF_ERROR(profile("B", b_, profile_b_, now.profile_b));
  if (!std::ranges::equal(inputs_, now.inputs, [](const auto& x, const auto& y) { return x.same_as(y); }))
    return differs("the input", to_line(inputs_json(inputs_)), to_line(inputs_json(now.inputs)));
  const Json options = options_json(now);
  for (const auto& [key, value] : options.items()) {
    const auto before = options_.find(key);
    if (before == options_.end() || *before != value)
      return differs("--" + key, before == options_.end() ? "unknown" : to_line(*before), to_line(value));
  }
  return {};
}

Status Baseline::check(const DiffResult& now, const Ranges& samples) const {
  if (a_ != now.a) return differs("A", "'" + a_ + "'", "'" + now.a + "'");
  if (b_ != now.b) return differs("B", "'" + b_ + "'", "'" + now.b + "'");
  if (samples_ != samples) return differs("the range of samples", ranges_text(samples_), ranges_text(samples));
  return {};
}

std::optional<double> Baseline::before(const Condition& condition, const Condition::Place& place,
                                       const DiffResult& result) const {
  if (range_of(condition.metric()).is_of_rows) {
    const auto found = rows_.find(place.output->name);
    return found == rows_.end() ? std::nullopt : figure_of(condition.metric(), found->second);
  }
  const auto found = layers_.find(key_of(place.layer->op, place.layer->name));
  const std::size_t among = place_among(result, *place.layer);
  if (found == layers_.end() || among >= found->second.size()) return std::nullopt;
  return figure_in(found->second[among].at(condition.scope().isolated ? "isolated" : "accumulated"),
                   condition.metric());
}

}  // namespace nputwin::report
