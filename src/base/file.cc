#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace nputwin {
namespace {

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

bool write_all(int fd, Bytes content) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    content = content.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

Blob::Blob(Bytes bytes) : Blob(bytes.size()) { std::copy(bytes.begin(), bytes.end(), storage_.begin()); }

Result<std::shared_ptr<const Blob>> read_file(const std::string& path, std::size_t limit) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) return error("{}: cannot open: {}", path, std::strerror(errno));
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return error("{}: cannot read its size: {}", path, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return error("{}: expected a regular file", path);
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > limit) return error("{}: has {} bytes, expected at most {}", path, size, limit);
  auto blob = std::make_shared<Blob>(size);
  std::span<std::byte> rest = blob->mutable_bytes();
  while (!rest.empty()) {
    const ssize_t n = ::read(file.fd, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return error("{}: cannot read: {}", path, n < 0 ? std::strerror(errno) : "it became shorter");
    rest = rest.subspan(static_cast<std::size_t>(n));
  }
  return blob;
}

Status write_file_whole(const std::string& path, Bytes content) {
  // A file without a name, where the system has that: it vanishes with the process. Else a named neighbour.
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string part = fmt::format("{}.{}.part", path, ::getpid());
  const auto fail = [&](const char* what) {
    const int reason = errno;
    ::unlink(part.c_str());
    return error("{}: cannot {}: {}", path, what, std::strerror(reason));
  };
  {
    Descriptor file{::open(directory.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0644)};
    const bool nameless = file.fd >= 0;
    if (!nameless) file.fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file.fd < 0) return fail("create");
    if (!write_all(file.fd, content)) return fail("write");
    if (::fsync(file.fd) != 0) return fail("write");
    if (nameless && ::linkat(AT_FDCWD, fmt::format("/proc/self/fd/{}", file.fd).c_str(), AT_FDCWD, part.c_str(),
                             AT_SYMLINK_FOLLOW) != 0) {
      return fail("name");
    }
  }
  if (::rename(part.c_str(), path.c_str()) != 0) return fail("rename into place");
  return {};
}

Status write_file_whole(const std::string& path, std::string_view content) {
  return write_file_whole(path, Bytes(reinterpret_cast<const std::byte*>(content.data()), content.size()));
}

}  // namespace nputwin
