#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/file.h"

namespace nputwin {

/// A ZIP archive behind a model, where tools keep label files. The last part of the file.
struct TrailingArchive {
  std::size_t begin = 0;  ///< in the file
  std::size_t directory = 0, entries = 0;
};

/// Nothing where no archive ends the file, or where it is of a kind that cannot be moved (zip64, offsets that do not
/// count from the file's begin).
[[nodiscard]] std::optional<TrailingArchive> archive_behind(Bytes file);

/// Whether the file's end looks like an archive's.
[[nodiscard]] bool ends_in_archive(Bytes file);

/// Appends the archive of `file` to another model; its offsets count from the new file's begin.
void append_archive(std::vector<std::byte>& to, Bytes file, const TrailingArchive& archive);

}  // namespace nputwin
