// A folder: its files, a sample each.

#include <algorithm>
#include <filesystem>

#include "base/folder.h"
#include "sides/inputs/source.h"

namespace nputwin::inputs {
namespace {

/// A file of a folder and what it is.
struct Member {
  Given given;
  const Kind* kind;
};

/// The files in the order of their names, each with those options that its kind takes.
Result<std::vector<Member>> members(const Given& given) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto paths, entries_of(given.path));
  std::vector<Member> files;
  for (const std::string& path : paths) {
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) continue;
    Member member{{path, path, given.options, nullptr}, nullptr};
    member.kind = kind_of(member.given);
    if (member.kind == nullptr) continue;
    if (!std::filesystem::exists(status))
      return error("{}: leads to no file ({}); mend the link or remove it", path, failed.message());
    std::erase_if(member.given.options,
                  [&](const std::string& option) { return !takes_option(member.kind->options, key_of(option)); });
    files.push_back(std::move(member));
  }
  if (files.empty()) return error("{}: holds no .npy, .npz, .bin, .raw and no picture", given.path);
  return files;
}

Status check_options(const Given& given, const std::vector<Member>& files) {
  for (const std::string& option : given.options) {
    const bool taken = std::ranges::any_of(
        files, [&](const Member& file) { return takes_option(file.kind->options, key_of(option)); });
    if (!taken) return error("'{}': no file in it takes the option '{}'", given.text, key_of(option));
  }
  return {};
}

Result<Tensor> sample_of(const Member& file, const TensorSpec& input, std::size_t k, const Notes& notes) {
  NPUTWIN_ASSIGN_OR_RETURN(const Source source, open(*file.kind, file.given, notes));
  NPUTWIN_ASSIGN_OR_RETURN(const InputSamples samples, source.make(input, k));
  if (samples.count != 1)
    return error("{}: holds {} samples, expected one in a folder's file", file.given.path, samples.count);
  return samples.at(0);
}

}  // namespace

bool recognises_folder(const Given& given) {
  std::error_code ignored;
  return given.bytes == nullptr && std::filesystem::is_directory(given.path, ignored);
}

Result<Source> open_folder(const Given& given, const Notes& notes) {
  NPUTWIN_ASSIGN_OR_RETURN(auto files, members(given));
  NPUTWIN_RETURN_IF_ERROR(check_options(given, files));
  const bool serves_all = files.front().kind->open == open_npz;
  return Source{given.text, serves_all,
                [files = std::move(files), notes](const TensorSpec& input, std::size_t k) -> Result<InputSamples> {
                  return InputSamples{files.size(), [=, told = notes.among(files.size())](std::size_t n) {
                                        return sample_of(files[n], input, k, told);
                                      }};
                }};
}

}  // namespace nputwin::inputs
