#include "base/file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace nputwin {
namespace {

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

/// Waits until a descriptor that does not block takes more.
bool wait_to_write(int fd) {
  pollfd waiting{fd, POLLOUT, 0};
  return ::poll(&waiting, 1, -1) >= 0 || errno == EINTR;
}

bool write_all(int fd, Bytes content) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && (errno == EINTR || (errno == EAGAIN && wait_to_write(fd)))) continue;
    if (n <= 0) return false;
    content = content.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

/// Where a path's links end: the file that is meant, there or not. A link that leads nowhere names the file it wants.
std::filesystem::path end_of_links(std::filesystem::path path) {
  constexpr int kMost = 40;  // as the kernel
  std::error_code failed;
  for (int i = 0; i < kMost && std::filesystem::is_symlink(path, failed); ++i) {
    const std::filesystem::path target = std::filesystem::read_symlink(path, failed);
    if (failed) break;
    path = path.parent_path() / target;
  }
  return path;
}

/// The number of this process's descriptor that a path names (-, /dev/stdout, /dev/fd/63, /proc/self/fd/1, a link to
/// one of these); -1 where it names none. A file that such a descriptor leads to must not be opened anew: the
/// descriptor knows the place in it.
int own_descriptor(const std::filesystem::path& path) {
  if (path == "-") return STDOUT_FILENO;
  std::error_code failed;
  const auto descriptors = std::filesystem::canonical("/proc/self/fd", failed);
  std::filesystem::path at = path;
  constexpr int kMost = 40;
  for (int i = 0; !failed && i < kMost; ++i) {
    const auto folder = std::filesystem::canonical(at.has_parent_path() ? at.parent_path() : ".", failed);
    const std::string name = at.filename().string();
    int fd = -1;
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), fd);
    if (!failed && folder == descriptors && wrong == std::errc() && end == name.data() + name.size()) return fd;
    at = at.parent_path() / std::filesystem::read_symlink(at, failed);
  }
  return -1;
}

Status write_to_descriptor(const std::string& path, int fd, Bytes content) {
  if (fd == STDOUT_FILENO) std::fflush(stdout);  // what was printed before stands before
  if (!write_all(fd, content)) return error("{}: cannot write: {}", path, std::strerror(errno));
  return {};
}

/// To what is there and no file: a device, a pipe.
Status write_through(const std::string& path, Bytes content) {
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY)};
  if (file.fd < 0) return error("{}: cannot open: {}", path, std::strerror(errno));
  return write_to_descriptor(path, file.fd, content);
}

/// Writes another file and renames it to `target`. `old`: of the file that stands there, whose owner and mode the new
/// one takes; null where there is none. Errors name `path`, by which the user knows it.
Status replace(const std::string& path, const std::string& target, const struct stat* old, Bytes content) {
  // A file without a name, where the system has that: it vanishes with the process. Else a named neighbour.
  const std::size_t slash = target.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : target.substr(0, slash + 1);
  const std::string part = fmt::format("{}.{}.part", target, ::getpid());
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
    if (old != nullptr) {
      (void)!::fchown(file.fd, old->st_uid,
                      old->st_gid);  // only root may; and before the mode, some of which it clears
      if (::fchmod(file.fd, old->st_mode & 07777) != 0) return fail("set the mode");
    }
    if (::fsync(file.fd) != 0) return fail("write");
    if (nameless && ::linkat(AT_FDCWD, fmt::format("/proc/self/fd/{}", file.fd).c_str(), AT_FDCWD, part.c_str(),
                             AT_SYMLINK_FOLLOW) != 0) {
      return fail("name");
    }
  }
  if (::rename(part.c_str(), target.c_str()) != 0) return fail("rename into place");
  return {};
}

}  // namespace

Blob::Blob(Bytes bytes) : Blob(bytes.size()) { std::copy(bytes.begin(), bytes.end(), storage_.begin()); }

namespace {

/// Opens a regular file of at most `limit` bytes; gives its size.
Result<std::size_t> open_regular(const std::string& path, std::size_t limit, Descriptor& file) {
  file.fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file.fd < 0) return error("{}: cannot open: {}", path, std::strerror(errno));
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return error("{}: cannot read its size: {}", path, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return error("{}: expected a regular file", path);
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > limit) return error("{}: has {} bytes, expected at most {}", path, size, limit);
  return size;
}

Result<std::shared_ptr<const Blob>> read_all(const std::string& path, const Descriptor& file, std::size_t size) {
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

}  // namespace

Result<std::shared_ptr<const Blob>> read_file(const std::string& path, std::size_t limit) {
  Descriptor file;
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t size, open_regular(path, limit, file));
  return read_all(path, file, size);
}

Result<std::shared_ptr<const Blob>> map_file(const std::string& path, std::size_t limit) {
  Descriptor file;
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t size, open_regular(path, limit, file));
  // The file's pages over pages of zeros, the last of which are the spare bytes. The file's last page ends in zeros.
  const std::size_t room = size + Blob::kSlack;
  void* memory = size == 0 ? MAP_FAILED : ::mmap(nullptr, room, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return read_all(path, file, size);
  const std::shared_ptr<const std::byte> pages(static_cast<const std::byte*>(memory),
                                               [memory, room](const std::byte*) { ::munmap(memory, room); });
  // A file system that maps nothing: the pages of zeros go, and it is read.
  if (::mmap(memory, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, file.fd, 0) == MAP_FAILED)
    return read_all(path, file, size);
  return std::make_shared<const Blob>(pages, size);
}

Status write_file_whole(const std::string& path, Bytes content) {
  if (const int fd = own_descriptor(path); fd >= 0) return write_to_descriptor(path, fd, content);
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (!exists && errno != ENOENT) return error("{}: cannot write: {}", path, std::strerror(errno));
  if (exists && S_ISDIR(info.st_mode)) return error("{}: is a folder, expected the name of a file", path);
  if (exists && !S_ISREG(info.st_mode)) return write_through(path, content);
  return replace(path, end_of_links(path), exists ? &info : nullptr, content);
}

bool is_stdout(const std::string& path) { return own_descriptor(path) == STDOUT_FILENO; }

Status write_file_whole(const std::string& path, std::string_view content) {
  return write_file_whole(path, Bytes(reinterpret_cast<const std::byte*>(content.data()), content.size()));
}

}  // namespace nputwin
