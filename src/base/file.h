#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace nputwin {

using Bytes = std::span<const std::byte>;

/// Bytes in memory, shared by whoever points into them. Vector code may read kSlack bytes past the end.
class Blob {
 public:
  static constexpr std::size_t kSlack = 128;

  explicit Blob(Bytes bytes);
  explicit Blob(std::size_t size) : storage_(size + kSlack), size_(size) {}
  /// What `memory` keeps, a file's pages with as many spare bytes behind them; nothing of it is written.
  Blob(std::shared_ptr<const std::byte> memory, std::size_t size) : size_(size), mapped_(std::move(memory)) {}
  [[nodiscard]] Bytes bytes() const { return {mapped_ != nullptr ? mapped_.get() : storage_.data(), size_}; }
  /// Of memory of its own.
  [[nodiscard]] std::span<std::byte> mutable_bytes() { return {storage_.data(), size_}; }

 private:
  std::vector<std::byte> storage_;
  std::size_t size_;
  std::shared_ptr<const std::byte> mapped_;
};

/// The whole file. Fails on anything but a regular file of at most `limit` bytes.
[[nodiscard]] Result<std::shared_ptr<const Blob>> read_file(const std::string& path,
                                                            std::size_t limit = std::size_t{8} << 30);

/// The same, mapped: pages are read when they are first touched, and the system may drop them again. Whoever shortens
/// the file meanwhile ends this process; whoever replaces it by another of its name does no harm.
[[nodiscard]] Result<std::shared_ptr<const Blob>> map_file(const std::string& path,
                                                           std::size_t limit = std::size_t{8} << 30);

/// Writes `content` so that the file `path` afterwards holds all of it or is untouched: another file is written and
/// then renamed. Whatever goes wrong, being killed included, leaves no part of it behind. A link is followed: its
/// target is replaced, or made. What is no file (a device, a pipe, this process's own descriptors such as /dev/stdout)
/// is never replaced but written through; "-" is stdout.
[[nodiscard]] Status write_file_whole(const std::string& path, Bytes content);
[[nodiscard]] Status write_file_whole(const std::string& path, std::string_view content);

/// write_file_whole would write to stdout.
[[nodiscard]] bool is_stdout(const std::string& path);

}  // namespace nputwin
