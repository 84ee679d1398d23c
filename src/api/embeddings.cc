#include "api/embeddings.h"

#include <algorithm>

#include "base/file.h"
#include "base/text_lines.h"
#include "io/npy.h"
#include "io/npz.h"

namespace nputwin::api {
namespace {

Result<Embeddings> embeddings_of(const Array& array, const std::string& path, std::optional<std::int32_t> zero_point) {
  const std::int64_t all = element_count(array.shape).value_or(0);
  if (array.shape.size() < 2 || all < 1)
    return error("{}: is {}, expected [N,D], an embedding a row", path, to_string(array.shape));
  Embeddings embeddings;
  embeddings.rows = static_cast<std::size_t>(array.shape[0]);
  embeddings.width = static_cast<std::size_t>(all) / embeddings.rows;
  embeddings.codes = array.type.kind != 'f';
  if (embeddings.codes && (array.type.kind == 'b' || array.type.bytes > 2))
    return error("{}: is {}, expected float32, float64, int8, uint8 or int16", path, name(array.type));
  if (embeddings.codes && !zero_point)
    return error("{}: holds {}, and an angle between quantized values needs their zero point: add --zero-point", path,
                 name(array.type));
  const double zero = embeddings.codes ? *zero_point : 0;
  with_numbers(array, [&](const auto numbers) {
    for (const auto number : numbers) embeddings.values.push_back(static_cast<double>(number) - zero);
  });
  return embeddings;
}

Result<Embeddings> read_embeddings(const std::string& path, std::optional<std::int32_t> zero_point) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path));
  if (path.ends_with(".npz")) {
    NPUTWIN_ASSIGN_OR_RETURN(const auto arrays, parse_npz_arrays(file->bytes(), path));
    if (arrays.size() != 1) return error("{}: holds {} arrays, expected one, of embeddings", path, arrays.size());
    return embeddings_of(arrays.front().second, path, zero_point);
  }
  NPUTWIN_ASSIGN_OR_RETURN(const Array array, parse_npy_array(file->bytes(), path));
  return embeddings_of(array, path, zero_point);
}

Result<std::vector<std::string>> read_labels(const std::string& path) {
  std::vector<std::string> labels;
  if (path.empty()) return labels;
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path));
  if (path.ends_with(".npy")) {
    NPUTWIN_ASSIGN_OR_RETURN(const Array array, parse_npy_array(file->bytes(), path));
    if (array.type.kind != 'i' && array.type.kind != 'u')
      return error("{}: is {}, expected integers", path, name(array.type));
    if (array.shape.size() != 1) return error("{}: is {}, expected [N], a label a row", path, to_string(array.shape));
    with_numbers(array, [&](const auto numbers) {
      for (const auto number : numbers) labels.push_back(fmt::format("{}", number));
    });
    return labels;
  }
  return text_lines(file->bytes());
}

}  // namespace

Result<EmbeddingsDiff> diff_embeddings(const EmbeddingsOptions& options, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const Embeddings a, read_embeddings(options.a, options.zero_point));
  NPUTWIN_ASSIGN_OR_RETURN(const Embeddings b, read_embeddings(options.b, options.zero_point));
  NPUTWIN_ASSIGN_OR_RETURN(const auto labels, read_labels(options.labels));
  if (options.threshold && labels.empty()) return error("--threshold needs --labels: who each row is");
  return nputwin::diff_embeddings(a, b, labels, options.threshold, callbacks);
}

}  // namespace nputwin::api
