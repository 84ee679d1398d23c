#include <filesystem>

#include "base/folder.h"
#include "sides/captures/format.h"

namespace nputwin::captures {
namespace {

/// What in a folder is a capture, in the order of the names. Folders of such folders are none: a sample lies one level
/// down.
std::vector<std::pair<std::string, const Format*>> sample_files(const std::string& folder) {
  std::vector<std::pair<std::string, const Format*>> samples;
  const auto entries = entries_of(folder);
  if (!entries) return samples;
  for (const std::string& path : *entries) {
    for (const Format& format : formats()) {
      if (format.recognises == recognises_sample_folder) continue;
      if (!format.recognises(path)) continue;
      samples.emplace_back(path, &format);
      break;
    }
  }
  return samples;
}

}  // namespace

bool recognises_sample_folder(const std::string& path) { return !sample_files(path).empty(); }

Result<CaptureSet> open_sample_folder(const Source& source, const Target& target) {
  // snapshot/ holds golden/, simulator/ and runtime/ of one sample.
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::path(source.path) / "map_name_to_file.txt", ignored))
    return error("{}: is a whole snapshot of RKNN's; name golden, simulator or runtime in it", source.path);
  auto samples = sample_files(source.path);
  const std::size_t size = samples.size();
  return CaptureSet(size,
                    [samples = std::move(samples), layout = source.layout, target](std::size_t n) -> Result<Capture> {
                      const auto& [path, format] = samples[n];
                      NPUTWIN_ASSIGN_OR_RETURN(const CaptureSet set, format->open({path, layout}, target));
                      if (set.size() != 1)
                        return error("{}: holds {} samples; in a folder each file is one", path, set.size());
                      return set.sample(0);
                    });
}

}  // namespace nputwin::captures
