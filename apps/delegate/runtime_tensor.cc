#include "runtime_tensor.h"

#include <algorithm>
#include <cmath>

#include "element_types.h"
#include "graph.h"
#include "io/tflite/packed_codes.h"
#include "tensor/check_booleans.h"

namespace nputwin::delegate {
namespace {

constexpr std::size_t kLargestRank = 8;

/// As io/tflite/reader.cc reads the file's; TFLite holds one zero point for all scales where they are equal.
Status read_quantization(const abi::TfLiteQuantization& from, Quantization& q) {
  if (from.type == abi::kTfLiteNoQuantization || from.params == nullptr) return {};
  if (from.type != abi::kTfLiteAffineQuantization)
    return error("is quantized by a scheme of its own (blockwise or custom), which is not supported");
  const auto& params = *static_cast<const abi::TfLiteAffineQuantization*>(from.params);
  const auto scales = abi::values(params.scale);
  const auto zeros = abi::values(params.zero_point);
  if (scales.empty() || (scales.size() == 1 && scales[0] == 0)) return {};
  if (zeros.size() != scales.size() && zeros.size() > 1)
    return error("has {} scales and {} zero points, expected the same number", scales.size(), zeros.size());
  for (std::size_t i = 0; i < scales.size(); ++i) {
    if (!std::isfinite(scales[i]) || scales[i] <= 0)
      return error("has scale {}, expected a finite number above 0", scales[i]);
    q.scale.push_back(scales[i]);
    q.zero_point.push_back(zeros.empty() ? 0 : zeros[zeros.size() == 1 ? 0 : i]);
  }
  q.axis = params.quantized_dimension;
  return {};
}

Status read_type(const abi::TfLiteTensor& from, ModelTensor& tensor) {
  const int code = file_code(from.type);
  const auto* packed = std::ranges::find_if(kPackedTypes, [&](const PackedType& p) { return p.tflite_code == code; });
  if (packed != std::end(kPackedTypes)) {
    tensor.spec.type = DType::kInt8;
    tensor.packed_bits = packed->bits;
    return {};
  }
  tensor.float16 = from.type == abi::kTfLiteFloat16;
  const auto type = element_type(from.type);
  if (!type) return error("has the runtime's element type {}, which is not supported", static_cast<int>(from.type));
  tensor.spec.type = *type;
  return {};
}

Status read_constant(const abi::TfLiteTensor& from, ModelTensor& tensor,
                     std::vector<std::shared_ptr<const Blob>>& storage) {
  if (from.allocation_type != abi::kTfLiteMmapRo) {
    if (tensor.packed_bits != 0)
      return error("has codes of {} bits, which are supported in constants only", tensor.packed_bits);
    return {};
  }
  const Bytes data(static_cast<const std::byte*>(from.data), from.data == nullptr ? 0 : from.bytes);
  tensor.constant = data;
  const std::int64_t count = tensor.spec.elements();
  if (tensor.packed_bits != 0) {
    if (packed_size(count, tensor.packed_bits) != static_cast<std::int64_t>(data.size()))
      return error("has {} codes of {} bits, but {} bytes", count, tensor.packed_bits, data.size());
    storage.push_back(unpack_codes(data, count, tensor.packed_bits));
    tensor.constant = storage.back()->bytes();
    return {};
  }
  if (tensor.spec.bytes() != data.size())
    return error("is {} {}, but has {} bytes", name(tensor.spec.type), to_string(tensor.spec.shape), data.size());
  return check_booleans(tensor.spec.type, data);
}

}  // namespace

ModelTensor read_tensor(const abi::TfLiteTensor& from, std::vector<std::shared_ptr<const Blob>>& storage) {
  ModelTensor tensor;
  if (from.name != nullptr) tensor.spec.name = from.name;
  tensor.spec.shape = shape_of(from);
  tensor.shape_declared = !tensor.spec.shape.empty();
  tensor.variable = from.is_variable;
  const auto note = [&](const Status& status) {
    if (!status && tensor.unsupported.empty()) tensor.unsupported = status.error().message;
    return status.has_value();
  };
  if (tensor.spec.shape.size() > kLargestRank || !element_count(tensor.spec.shape)) {
    tensor.unsupported = fmt::format("has shape {}, which is not supported", to_string(tensor.spec.shape));
    tensor.spec.shape.clear();
  }
  if (from.sparsity != nullptr) tensor.unsupported = "is stored as a sparse matrix, which is not supported";
  bool known = note(read_type(from, tensor));
  known = note(read_quantization(from.quantization, tensor.spec.quantization)) && known;
  if (known && tensor.unsupported.empty()) {
    note(read_constant(from, tensor, storage));
  } else if (from.allocation_type == abi::kTfLiteMmapRo) {
    tensor.constant = Bytes{};  // so that whoever reads it is told what is not supported
  }
  return tensor;
}

}  // namespace nputwin::delegate
