#include "io/npz.h"

#include <zip.h>

#include <cstring>
#include <memory>

#include "io/npy.h"

namespace nputwin {
namespace {

constexpr std::uint64_t kLargestMember = std::uint64_t{4} << 30;

struct SourceDeleter {
  void operator()(zip_source_t* s) const { zip_source_free(s); }
};
struct ArchiveDeleter {
  void operator()(zip_t* z) const { zip_discard(z); }
};
struct MemberDeleter {
  void operator()(zip_file_t* f) const { zip_fclose(f); }
};
using Source = std::unique_ptr<zip_source_t, SourceDeleter>;
using Archive = std::unique_ptr<zip_t, ArchiveDeleter>;
using Member = std::unique_ptr<zip_file_t, MemberDeleter>;

/// libzip works on memory; files are read and written whole elsewhere.
Result<Archive> open_archive(Source source, int flags, const std::string& path) {
  zip_error_t reason;
  zip_error_init(&reason);
  zip_t* archive = zip_open_from_source(source.get(), flags, &reason);
  if (archive == nullptr) {
    std::string text = zip_error_strerror(&reason);
    zip_error_fini(&reason);
    return error("{}: is not a readable .npz file: {}", path, text);
  }
  zip_error_fini(&reason);
  (void)source.release();  // the archive owns it now
  return Archive(archive);
}

}  // namespace

bool is_zip(Bytes bytes) {
  constexpr char kMagic[] = {'P', 'K'};
  return bytes.size() >= sizeof kMagic && std::memcmp(bytes.data(), kMagic, sizeof kMagic) == 0;
}

Result<std::vector<std::pair<std::string, Array>>> parse_npz_arrays(Bytes bytes, const std::string& path) {
  Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr));
  NPUTWIN_ASSIGN_OR_RETURN(const Archive archive, open_archive(std::move(source), ZIP_RDONLY, path));
  std::vector<std::pair<std::string, Array>> arrays;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
    zip_stat_t stat;
    if (zip_stat_index(archive.get(), static_cast<zip_uint64_t>(i), 0, &stat) != 0 ||
        (stat.valid & ZIP_STAT_SIZE) == 0 || (stat.valid & ZIP_STAT_NAME) == 0 || stat.size > kLargestMember) {
      return error("{}: member {} cannot be read", path, i);
    }
    std::string name = stat.name;
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    const Member member(zip_fopen_index(archive.get(), static_cast<zip_uint64_t>(i), 0));
    if (!member) return error("{}: member '{}' cannot be opened: {}", path, name, zip_strerror(archive.get()));
    std::string content;
    char piece[65536];
    zip_int64_t n = 0;
    while ((n = zip_fread(member.get(), piece, sizeof piece)) > 0 && content.size() <= stat.size)
      content.append(piece, static_cast<std::size_t>(n));
    if (n < 0 || content.size() != stat.size) return error("{}: member '{}' is damaged", path, name);
    NPUTWIN_ASSIGN_OR_RETURN(Array array,
                             parse_npy_array(std::as_bytes(std::span(content)), fmt::format("{}[{}]", path, name)));
    arrays.emplace_back(std::move(name), std::move(array));
  }
  return arrays;
}

Result<TensorSet> read_npz(const std::string& path) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto blob, read_file(path));
  NPUTWIN_ASSIGN_OR_RETURN(auto arrays, parse_npz_arrays(blob->bytes(), path));
  TensorSet tensors;
  for (auto& [name, array] : arrays) {
    NPUTWIN_ASSIGN_OR_RETURN(tensors[name], to_tensor(std::move(array), fmt::format("{}[{}]", path, name)));
  }
  return tensors;
}

Status write_npz(const std::string& path, const TensorSet& tensors) {
  zip_source_t* buffer = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(buffer);  // closing the archive must not free what it wrote
  const Source keep(buffer);
  NPUTWIN_ASSIGN_OR_RETURN(Archive archive, open_archive(Source(buffer), ZIP_CREATE | ZIP_TRUNCATE, path));
  std::vector<std::string> contents;  // alive until the archive is closed
  contents.reserve(tensors.size());
  for (const auto& [name, tensor] : tensors) {
    contents.push_back(npy_bytes(tensor.view()));
    zip_source_t* content = zip_source_buffer(archive.get(), contents.back().data(), contents.back().size(), 0);
    const zip_int64_t i = zip_file_add(archive.get(), (name + ".npy").c_str(), content, ZIP_FL_ENC_UTF_8);
    if (i < 0) {
      zip_source_free(content);
      return error("{}: cannot add '{}': {}", path, name, zip_strerror(archive.get()));
    }
    constexpr zip_uint16_t kFirstDosDate = (1 << 5) | 1;  // 1 January 1980
    zip_set_file_compression(archive.get(), static_cast<zip_uint64_t>(i), ZIP_CM_STORE, 0);
    zip_file_set_dostime(archive.get(), static_cast<zip_uint64_t>(i), 0, kFirstDosDate, 0);
  }
  if (zip_close(archive.get()) != 0) return error("{}: cannot be written: {}", path, zip_strerror(archive.get()));
  (void)archive.release();  // closed
  zip_stat_t stat;
  if (zip_source_stat(buffer, &stat) != 0 || zip_source_open(buffer) != 0) return error("{}: cannot be written", path);
  std::string all(stat.size, '\0');
  const zip_int64_t n = zip_source_read(buffer, all.data(), all.size());
  zip_source_close(buffer);
  if (n != static_cast<zip_int64_t>(all.size())) return error("{}: cannot be written", path);
  return write_file_whole(path, all);
}

}  // namespace nputwin
