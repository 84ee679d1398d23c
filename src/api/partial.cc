#include "api/partial.h"

#include <algorithm>

#include "api/partial_json.h"
#include "api/provenance.h"
#include "base/file.h"
#include "io/json.h"

namespace nputwin::api {
namespace {

/// In what two parts are not of one comparison; empty where they are.
std::string difference(const Partial& a, const Partial& b) {
  const Json of_a = premises_json(a), of_b = premises_json(b);
  for (const auto& [key, value] : of_a.items()) {
    if (key != "model" && value != of_b.at(key))  // the model's path may differ, its content may not
      return fmt::format("{} is {} in one and {} in the other", key, to_line(value), to_line(of_b.at(key)));
  }
  return "";
}

std::string text_of(const SampleRange& range) { return fmt::format("{}:{}", range.first, range.last); }

/// Puts ranges in order; an error where two have a sample in common.
Result<std::vector<SampleRange>> together(std::vector<SampleRange> ranges, const std::vector<SampleRange>& others) {
  ranges.insert(ranges.end(), others.begin(), others.end());
  std::sort(ranges.begin(), ranges.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
  std::vector<SampleRange> result;
  for (const SampleRange& range : ranges) {
    if (!result.empty() && range.first < result.back().last)
      return error("both hold samples of {}", text_of({range.first, std::min(range.last, result.back().last)}));
    if (!result.empty() && range.first == result.back().last) {
      result.back().last = range.last;
    } else {
      result.push_back(range);
    }
  }
  return result;
}

Status merge(Partial& whole, const Partial& part) {
  if (const std::string why = difference(whole, part); !why.empty()) return error("{}", why);
  NPUTWIN_ASSIGN_OR_RETURN(auto samples, together(whole.samples, part.samples));
  NPUTWIN_RETURN_IF_ERROR(whole.result.merge(part.result));
  whole.samples = std::move(samples);
  return {};
}

}  // namespace

std::string Partial::missing() const {
  std::string text;
  std::size_t next = 0;
  const auto add = [&](std::size_t last) {
    if (next < last) text += (text.empty() ? "" : ", ") + text_of({next, last});
  };
  for (const SampleRange& range : samples) {
    add(range.first);
    next = range.last;
  }
  add(all);
  return text;
}

report::Provenance provenance_of(const Partial& partial, const std::string& version) {
  report::Provenance provenance = premises_of(partial.options);
  provenance.version = version;
  provenance.model_sha256 = partial.model_sha256;
  provenance.profile_a = partial.profile_a;
  provenance.profile_b = partial.profile_b;
  provenance.inputs = partial.inputs;
  for (const SampleRange& range : partial.samples) provenance.samples.emplace_back(range.first, range.last);
  return provenance;
}

Result<Partial> make_partial(const DiffOptions& options, const Diffed& diffed) {
  NPUTWIN_ASSIGN_OR_RETURN(report::Provenance of, provenance_of(options));
  Partial partial;
  partial.options = options;
  partial.model_sha256 = std::move(of.model_sha256);
  partial.profile_a = std::move(of.profile_a);
  partial.profile_b = std::move(of.profile_b);
  partial.inputs = std::move(of.inputs);
  partial.all = diffed.all;
  if (diffed.samples.size() > 0) partial.samples = {diffed.samples};
  partial.result = diffed.result;
  return partial;
}

Status write_partial(const std::string& path, const Partial& partial) {
  return write_file_whole(path, to_text(partial_json(partial)));
}

Result<Partial> read_partial(const std::string& path) {
  NPUTWIN_ASSIGN_OR_RETURN(const Json json, read_json(path));
  auto partial = partial_of_json(json);
  if (!partial) return in_context(path, partial.error());
  return partial;
}

Result<Partial> merge_partials(const std::vector<std::string>& paths) {
  if (paths.empty()) return error("expected at least one file of `nputwin diff --partial`");
  NPUTWIN_ASSIGN_OR_RETURN(Partial whole, read_partial(paths.front()));
  for (std::size_t i = 1; i < paths.size(); ++i) {
    NPUTWIN_ASSIGN_OR_RETURN(const Partial part, read_partial(paths[i]));
    const Status merged = merge(whole, part);
    if (!merged)
      return error("{} does not belong to {}: {}", paths[i], i == 1 ? paths.front() : "the files before it",
                   merged.error().message);
  }
  return whole;
}

}  // namespace nputwin::api
