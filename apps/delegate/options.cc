#include "options.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <sstream>

#include "base/suggestion.h"
#include "base/thread_pool.h"
#include "profile/variant.h"
#include "report/report.h"

namespace nputwin::delegate {
namespace {

/// What is collected before the options are understood together.
struct Given {
  Options options;
  std::string profile = "vip-v8", release;
  bool caches = false;
  bool devices = false;
};

struct Key {
  std::string_view name;
  Status (*take)(const std::string& value, Given& given);
};

// --- this delegate's own ---------------------------------------------------------------------------------------------

Status take_profile(const std::string& value, Given& given) {
  given.profile = value;
  return {};
}

Status take_release(const std::string& value, Given& given) {
  given.release = value;
  return {};
}

Status take_on_cpu(const std::string& value, Given& given) {
  std::istringstream list(value);
  for (std::string pattern; std::getline(list, pattern, ',');) {
    if (!pattern.empty()) given.options.on_cpu.push_back(pattern);
  }
  return {};
}

Status take_threads(const std::string& value, Given& given) {
  NPUTWIN_ASSIGN_OR_RETURN(given.options.threads, read_threads(value));
  return {};
}

Status take_trace(const std::string& value, Given& given) {
  if (!value.ends_with(".npz")) return error("'{}', expected a file that ends in .npz", value);
  given.options.trace = value;
  return {};
}

Status take_compare(const std::string& value, Given& given) {
  NPUTWIN_RETURN_IF_ERROR(resolve_profile(value));
  given.options.compare = value;
  return {};
}

Status take_report(const std::string& value, Given& given) {
  const report::ReportFormat* format = report::format_of_file(value);
  if (format == nullptr || format->many_files)
    return error("'{}', expected a file whose ending says the format: .html, .md, .json, .csv, .xml", value);
  given.options.report = value;
  return {};
}

// --- libvx_delegate's, as vx_delegate_adaptor.cc and TFLite's command_line_flags.cc take them ------------------------

Result<bool> boolean(const std::string& value) {
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return error("'{}', expected true, false, 1 or 0, as libvx_delegate does", value);
}

/// A number and whatever follows it: a stream reads it.
Result<int> integer(const std::string& value) {
  std::istringstream stream(value);
  int number = 0;
  stream >> number;
  if (!stream.eof() && !stream.good()) return error("'{}', expected a number", value);
  return number;
}

Status take_cache_mode(const std::string& value, Given& given) {
  NPUTWIN_ASSIGN_OR_RETURN(given.caches, boolean(value));
  return {};
}

Status take_cache_file(const std::string& /*value*/, Given& /*given*/) { return {}; }

Status take_device(const std::string& value, Given& given) {
  NPUTWIN_ASSIGN_OR_RETURN(const int device, integer(value));
  given.devices = device != 0;
  return {};
}

/// libvx_delegate reads these and does nothing with them.
Status take_integer(const std::string& value, Given& /*given*/) {
  const auto number = integer(value);
  return number ? Status() : number.error();
}
Status take_boolean(const std::string& value, Given& /*given*/) {
  const auto flag = boolean(value);
  return flag ? Status() : flag.error();
}

constexpr Key kKeys[] = {
    {"profile", take_profile},
    {"release", take_release},
    {"on_cpu", take_on_cpu},
    {"threads", take_threads},
    {"trace", take_trace},
    {"compare", take_compare},
    {"report", take_report},
    {"allowed_cache_mode", take_cache_mode},
    {"cache_file_path", take_cache_file},
    {"device_id", take_device},
    {"allowed_builtin_code", take_integer},
    {"error_during_init", take_boolean},
    {"error_during_prepare", take_boolean},
    {"error_during_invoke", take_boolean},
};

/// The profile that computes, and the release: of a placement both are taken.
Status resolve(Given& given) {
  Options& options = given.options;
  auto profile = resolve_profile(given.profile);
  if (!profile) return in_context("option profile", profile.error());
  options.profile = *std::move(profile);
  options.profile_text = given.profile;
  if (vx_release(options.profile.delegate) != nullptr) {
    options.release = options.profile.delegate;
    if (const auto open = given.profile.find('('), close = given.profile.rfind(")+"); close != std::string::npos)
      options.profile_text = given.profile.substr(open + 1, close - open - 1);
    options.profile.delegate = Delegate::kNone;
    options.profile.fallback.clear();
    options.profile.name = options.profile_text;
  }
  if (given.release.empty()) return {};
  const auto release = find_named<Delegate>(given.release);
  if (release && vx_release(*release) != nullptr) {
    options.release = *release;
    return {};
  }
  std::vector<std::string> names;
  names.reserve(kVxReleases.size());
  for (const VxRelease& known : kVxReleases) names.emplace_back(known.name);
  return error("option release: '{}'{}; the releases are {}", given.release, did_you_mean(given.release, names),
               fmt::join(names, ", "));
}

void note_unknown(const std::string& key, std::vector<std::string>& notes) {
  std::vector<std::string> names;
  names.reserve(std::size(kKeys));
  for (const Key& known : kKeys) names.emplace_back(known.name);
  notes.push_back(fmt::format("option '{}' is not known{}: it is ignored", key, did_you_mean(key, names)));
}

}  // namespace

Result<Options> read_options(std::span<const OptionText> texts) {
  Given given;
  std::vector<std::string_view> seen;
  for (const auto& [name, value] : texts) {
    const auto* key = std::ranges::find(kKeys, name, &Key::name);
    if (key == std::end(kKeys)) {
      note_unknown(name, given.options.notes);
      continue;
    }
    if (std::ranges::find(seen, key->name) != seen.end()) continue;  // as TFLite's flags, the first counts
    seen.push_back(key->name);
    if (!value) return error("option {} has no value", name);
    if (auto taken = key->take(*value, given); !taken) return in_context("option " + name, taken.error());
  }
  Options& options = given.options;
  NPUTWIN_RETURN_IF_ERROR(resolve(given));
  if (options.compare.empty() != options.report.empty())
    return error(
        "options compare and report go together: compare=PROFILE says with what, report=FILE where it is told");
  if (given.caches)
    options.notes.emplace_back("allowed_cache_mode and cache_file_path are read, but no NBG is written or loaded");
  if (given.devices) options.notes.emplace_back("device_id is read, but there is one device, which is this CPU");
  return std::move(options);
}

}  // namespace nputwin::delegate
