#include "io/picture_file.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace nputwin {
namespace {

/// The bytes as numbers; what lies beyond the end is 0.
class PictureBytes {
 public:
  explicit PictureBytes(Bytes bytes) : bytes_(bytes) {}

  [[nodiscard]] std::uint64_t size() const { return bytes_.size(); }
  [[nodiscard]] std::uint32_t byte(std::uint64_t at) const {
    return at < bytes_.size() ? std::to_integer<std::uint32_t>(bytes_[at]) : 0;
  }
  [[nodiscard]] std::uint32_t little16(std::uint64_t at) const { return byte(at) | byte(at + 1) << 8; }
  [[nodiscard]] std::uint32_t little32(std::uint64_t at) const { return little16(at) | little16(at + 2) << 16; }
  [[nodiscard]] std::uint32_t big16(std::uint64_t at) const { return byte(at) << 8 | byte(at + 1); }
  [[nodiscard]] std::uint32_t big32(std::uint64_t at) const { return big16(at) << 16 | big16(at + 2); }

 private:
  Bytes bytes_;
};

Error cut_off(const std::string& name, std::uint64_t size, std::string_view missing) {
  return error("{}: is cut off after {} bytes: {}", name, size, missing);
}

Status check_bmp(const PictureBytes& file, const std::string& name) {
  constexpr std::uint64_t kOffset = 10, kHeaderSize = 14, kCoreHeader = 12;
  constexpr std::int64_t kMostPixels = 65536, kMostBits = 32;  // of a row or a column; larger ones overflow the product
  if (file.size() < kHeaderSize + std::max<std::uint64_t>(file.little32(kHeaderSize), kCoreHeader))
    return cut_off(name, file.size(), "a BMP begins with two headers");
  std::int64_t width = 0, height = 0, bits = 0;
  if (file.little32(kHeaderSize) == kCoreHeader) {
    width = file.little16(18), height = file.little16(20), bits = file.little16(24);
  } else {
    width = static_cast<std::int32_t>(file.little32(18)), bits = file.little16(28);
    height = std::abs(std::int64_t{static_cast<std::int32_t>(file.little32(22))});  // below 0: rows from the top
  }
  if (width < 1 || height < 1) return {};  // the decoder says what is wrong with it
  if (width > kMostPixels || height > kMostPixels || bits > kMostBits)
    return error("{}: is a BMP of {}x{} pixels of {} bits, expected at most {}x{} of {}", name, width, height, bits,
                 kMostPixels, kMostPixels, kMostBits);
  const std::int64_t row = (width * bits + 31) / 32 * 4;  // padded; some writers leave out the last row's padding
  const std::uint64_t needed =
      file.little32(kOffset) + static_cast<std::uint64_t>(row * (height - 1) + (width * bits + 7) / 8);
  if (file.size() < needed)
    return cut_off(name, file.size(), fmt::format("a BMP of {}x{} pixels has {}", width, height, needed));
  return {};
}

Status check_png(const PictureBytes& file, const std::string& name) {
  constexpr std::uint32_t kEnd = 0x49454E44;  // IEND
  constexpr std::uint64_t kAroundData = 12;   // length, type and checksum
  for (std::uint64_t at = 8; at + kAroundData <= file.size();) {
    if (file.big32(at + 4) == kEnd) return {};
    at += kAroundData + file.big32(at);
  }
  return cut_off(name, file.size(), "a PNG ends with an IEND chunk");
}

Status check_jpeg(const PictureBytes& file, const std::string& name) {
  constexpr std::uint32_t kFirstRestart = 0xD0, kLastRestart = 0xD7, kEnd = 0xD9, kScan = 0xDA;
  bool in_scan = false;
  for (std::uint64_t at = 2; at + 1 < file.size();) {
    if (file.byte(at) != 0xFF || file.byte(at + 1) == 0xFF) {  // a scan's data, or filling before a marker
      ++at;
      continue;
    }
    const std::uint32_t marker = file.byte(at + 1);
    at += 2;
    if (marker == kEnd && in_scan) return {};
    if (marker == 0 || (marker >= kFirstRestart && marker <= kLastRestart)) continue;
    at += file.big16(at);
    in_scan = in_scan || marker == kScan;
  }
  return cut_off(name, file.size(), "a JPEG ends with the marker FF D9 behind its scans");
}

}  // namespace

std::string_view picture_kind(Bytes bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\x89PNG\r\n\x1a\n")) return "PNG";
  if (text.starts_with("\xFF\xD8\xFF")) return "JPEG";
  return text.starts_with("BM") ? "BMP" : "";
}

Status check_complete(Bytes bytes, const std::string& name) {
  const std::string_view kind = picture_kind(bytes);
  const PictureBytes file(bytes);
  if (kind == "BMP") return check_bmp(file, name);
  if (kind == "PNG") return check_png(file, name);
  if (kind == "JPEG") return check_jpeg(file, name);
  return error("{}: is not a PNG, JPEG or BMP picture", name);
}

}  // namespace nputwin
