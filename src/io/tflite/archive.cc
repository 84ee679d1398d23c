#include "io/tflite/archive.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace nputwin {
namespace {

// PKWARE's APPNOTE 6.3, 4.3.12 and 4.3.16: little-endian records.
constexpr std::uint32_t kEndMark = 0x06054B50, kEntryMark = 0x02014B50, kLocalMark = 0x04034B50;
constexpr std::size_t kEndBytes = 22, kEntryBytes = 46;
constexpr std::size_t kEndEntries = 10, kEndSize = 12, kEndOffset = 16, kEndComment = 20;
constexpr std::size_t kEntryName = 28, kEntryExtra = 30, kEntryComment = 32, kEntryOffset = 42;

template <typename T>
T read(Bytes bytes, std::size_t at) {
  static_assert(std::endian::native == std::endian::little);
  T value{};
  if (at + sizeof value <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::optional<std::size_t> end_record(Bytes file) {
  constexpr std::size_t kMostComment = 0xFFFF;
  for (std::size_t comment = 0; comment <= kMostComment && kEndBytes + comment <= file.size(); ++comment) {
    const std::size_t at = file.size() - kEndBytes - comment;
    if (read<std::uint32_t>(file, at) == kEndMark && read<std::uint16_t>(file, at + kEndComment) == comment) return at;
  }
  return std::nullopt;
}

std::size_t entry_bytes(Bytes file, std::size_t at) {
  return kEntryBytes + read<std::uint16_t>(file, at + kEntryName) + read<std::uint16_t>(file, at + kEntryExtra) +
         read<std::uint16_t>(file, at + kEntryComment);
}

}  // namespace

bool ends_in_archive(Bytes file) { return end_record(file).has_value(); }

std::optional<TrailingArchive> archive_behind(Bytes file) {
  const auto end = end_record(file);
  if (!end) return std::nullopt;
  TrailingArchive archive;
  archive.begin = archive.directory = read<std::uint32_t>(file, *end + kEndOffset);
  archive.entries = read<std::uint16_t>(file, *end + kEndEntries);
  if (archive.directory + read<std::uint32_t>(file, *end + kEndSize) != *end) return std::nullopt;
  std::size_t at = archive.directory;
  for (std::size_t i = 0; i < archive.entries; ++i) {
    if (at + kEntryBytes > *end || read<std::uint32_t>(file, at) != kEntryMark) return std::nullopt;
    const std::size_t local = read<std::uint32_t>(file, at + kEntryOffset);
    if (local >= archive.directory || read<std::uint32_t>(file, local) != kLocalMark) return std::nullopt;
    archive.begin = std::min(archive.begin, local);
    at += entry_bytes(file, at);
  }
  if (at != *end) return std::nullopt;
  return archive;
}

void append_archive(std::vector<std::byte>& to, Bytes file, const TrailingArchive& archive) {
  const std::size_t begin = to.size();
  to.insert(to.end(), file.begin() + static_cast<std::ptrdiff_t>(archive.begin), file.end());
  const auto move = [&](std::size_t at_in_file) {
    const auto offset = static_cast<std::uint32_t>(read<std::uint32_t>(file, at_in_file) - archive.begin + begin);
    std::memcpy(to.data() + (at_in_file - archive.begin + begin), &offset, sizeof offset);
  };
  std::size_t at = archive.directory;
  for (std::size_t i = 0; i < archive.entries; ++i) {
    move(at + kEntryOffset);
    at += entry_bytes(file, at);
  }
  move(at + kEndOffset);
}

}  // namespace nputwin
