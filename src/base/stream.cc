#include "base/stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace nputwin {

bool is_stream(const std::string& path) {
  if (path == "-") return true;
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
         !std::filesystem::is_directory(status);
}

Result<std::shared_ptr<const Blob>> read_file_or_stream(const std::string& path, std::size_t limit) {
  if (!is_stream(path)) return read_file(path, limit);
  const std::string what = path == "-" ? "standard input" : path;
  const int fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return error("{}: cannot open: {}", what, std::strerror(errno));
  std::vector<std::byte> content;
  std::vector<std::byte> piece(std::size_t{1} << 16);
  ssize_t n = 0;
  do {
    n = ::read(fd, piece.data(), piece.size());
    if (n > 0) content.insert(content.end(), piece.begin(), piece.begin() + n);
  } while ((n > 0 || (n < 0 && errno == EINTR)) && content.size() <= limit);
  const int reason = errno;
  if (fd != STDIN_FILENO) ::close(fd);
  if (n < 0) return error("{}: cannot read: {}", what, std::strerror(reason));
  if (content.size() > limit) return error("{}: has more than {} bytes", what, limit);
  if (content.empty())
    return error("{}: is empty, or has been read already; what reads its input twice needs a file", what);
  return std::make_shared<const Blob>(Bytes(content));
}

}  // namespace nputwin
