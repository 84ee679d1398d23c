#pragma once

#include <memory>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace nputwin {

/// "-", which is standard input, or the path of something that is neither a regular file nor a folder: a pipe.
[[nodiscard]] bool is_stream(const std::string& path);

/// The whole file, or all that a stream gives; it can be read once.
[[nodiscard]] Result<std::shared_ptr<const Blob>> read_file_or_stream(const std::string& path,
                                                                      std::size_t limit = std::size_t{8} << 30);

}  // namespace nputwin
