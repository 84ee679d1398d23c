#include "api/provenance.h"

#include <filesystem>

#include "base/file.h"
#include "base/folder.h"
#include "base/hash.h"
#include "profile/profile_json.h"
#include "profile/variant.h"

namespace nputwin::api {
namespace {

namespace fs = std::filesystem;

std::string sha256_of(const std::string& text) { return sha256_hex(std::as_bytes(std::span(text))); }

/// What stands behind a profile's name, for a document or a later version may compute something else by that name.
Result<std::string> profile_hash(const std::string& side) {
  if (is_recording(side)) return std::string();
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, resolve_profile(side));
  return sha256_of(profile_to_json(profile));
}

Result<std::string> file_hash(const std::string& path) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path));
  return sha256_hex(file->bytes());
}

/// Of the lines "sha256  name" of a folder's files in the order of their names, as sha256sum prints them. Hidden files
/// are nobody's input.
Result<std::string> folder_hash(const std::string& path) {
  std::vector<std::string> names;
  NPUTWIN_ASSIGN_OR_RETURN(const auto entries, entries_of(path));
  for (const std::string& entry : entries) {
    const std::string name = fs::path(entry).filename().string();
    if (!name.starts_with('.') && is_file(entry)) names.push_back(name);
  }
  std::string lines;
  for (const std::string& name : names) {
    NPUTWIN_ASSIGN_OR_RETURN(const std::string hash, file_hash((fs::path(path) / name).string()));
    lines += fmt::format("{}  {}\n", hash, name);
  }
  return sha256_of(lines);
}

bool is_generated(std::string_view text) { return text.starts_with("noise:") || text == "ramp" || text == "zeros"; }

bool can_be_read(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) || fs::is_directory(path, ignored);
}

/// The first and last place of the path in a source: the longest that is there, without a NAME= before it or with one.
std::optional<std::pair<std::size_t, std::size_t>> path_in(const std::string& source) {
  constexpr std::string_view kPhoto = "photo:";
  for (std::size_t first = 0; first < source.size();) {
    if (is_generated(std::string_view(source).substr(first))) return std::nullopt;
    const std::size_t begin =
        std::string_view(source).substr(first).starts_with(kPhoto) ? first + kPhoto.size() : first;
    for (std::size_t last = source.size(); last != std::string::npos && last > begin;
         last = source.rfind(',', last - 1)) {
      if (can_be_read(source.substr(begin, last - begin))) return std::pair(begin, last);
    }
    const std::size_t equals = source.find('=', first);
    if (equals == std::string::npos) return std::nullopt;
    first = equals + 1;
  }
  return std::nullopt;
}

}  // namespace

Result<report::InputSource> hashed_source(const InputArgument& argument) {
  const auto& [source, array] = argument;
  report::InputSource result{source, {}, {}};
  if (array) {
    result.sha256 = sha256_hex(array->bytes());
    return result;
  }
  const auto place = path_in(source);
  if (!place) return result;
  const auto [first, last] = *place;
  const std::string path = source.substr(first, last - first);
  result.settings = source.substr(0, first) + source.substr(last);
  std::error_code ignored;
  NPUTWIN_ASSIGN_OR_RETURN(result.sha256, fs::is_directory(path, ignored) ? folder_hash(path) : file_hash(path));
  return result;
}

report::Provenance premises_of(const DiffOptions& options) {
  report::Provenance provenance;
  provenance.shapes = options.sides.session.input_shapes;
  provenance.on_cpu = options.sides.session.on_cpu;
  provenance.mode = name(options.sides.mode);
  provenance.until = options.until;
  provenance.output_kinds = options.output_kinds;
  return provenance;
}

Result<report::Provenance> provenance_of(const DiffOptions& options) {
  report::Provenance provenance = premises_of(options);
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, options.model.read());
  provenance.model_sha256 = sha256_hex(model->bytes());
  NPUTWIN_ASSIGN_OR_RETURN(provenance.profile_a, profile_hash(options.a));
  NPUTWIN_ASSIGN_OR_RETURN(provenance.profile_b, profile_hash(options.b));
  for (const InputArgument& argument : options.inputs) {
    NPUTWIN_ASSIGN_OR_RETURN(report::InputSource hashed, hashed_source(argument));
    provenance.inputs.push_back(std::move(hashed));
  }
  return provenance;
}

}  // namespace nputwin::api
