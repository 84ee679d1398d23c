#include "io/tflite/reader.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/checked.h"
#include "io/tflite/metadata.h"
#include "io/tflite/packed_codes.h"
#include "io/tflite/schema.h"
#include "model/resources.h"
#include "schema/tflite_generated.h"
#include "tensor/check_booleans.h"

namespace nputwin {
namespace {

constexpr std::size_t kLargestRank = 8;

std::string text(const flatbuffers::String* s) { return s != nullptr ? s->str() : std::string(); }

template <typename Vector>
std::size_t length(const Vector* v) {
  return v != nullptr ? v->size() : 0;
}

/// Element i of a vector of 64-bit integers. The verifier sees to the alignment of a vector's length, four
/// bytes, not to that of wider elements.
std::int64_t load(const flatbuffers::Vector<std::int64_t>& vector, std::uint32_t i) {
  std::int64_t value = 0;
  std::memcpy(&value, vector.Data() + std::size_t{i} * sizeof value, sizeof value);
  return value;
}

class Reader {
 public:
  Reader(std::shared_ptr<const Blob> bytes, std::string name) : blob_(std::move(bytes)), name_(std::move(name)) {}

  Result<std::shared_ptr<const Model>> read() {
    if (auto s = verify(); !s) return in_context(name_, s.error());
    auto model = std::make_shared<Model>();
    model->path = name_;
    model->description = text(root_->description());
    model->storage.push_back(blob_);
    model_ = model.get();
    for (std::uint32_t g = 0; g < root_->subgraphs()->size(); ++g) {
      auto graph = read_graph(*root_->subgraphs()->Get(g));
      if (!graph) return in_context(fmt::format("{}: subgraph {}", name_, g), graph.error());
      model->graphs.push_back(std::move(*graph));
    }
    model->output_metadata = read_output_metadata(*root_, model->main());
    read_signatures(*model);
    resolve_resources(*model);
    return model;
  }

 private:
  Status verify() {
    const Bytes all = blob_->bytes();
    // Buffers may lie behind the flatbuffer, which itself ends within 2 GiB.
    const std::size_t size = std::min<std::size_t>(all.size(), FLATBUFFERS_MAX_BUFFER_SIZE - 1);
    const auto* data = reinterpret_cast<const std::uint8_t*>(all.data());
    if (size < 8 || !schema::ModelBufferHasIdentifier(data))
      return error("is not a .tflite file (no 'TFL3' at byte 4)");
    flatbuffers::Verifier verifier(data, size, /*max_depth=*/64, /*max_tables=*/10'000'000);
    if (!schema::VerifyModelBuffer(verifier))
      return error("its flatbuffer is damaged (an offset or size points outside the {} bytes)", all.size());
    root_ = schema::GetModel(data);
    if (root_->version() != kSchemaVersion)
      return error("has schema version {}, expected {}", root_->version(), kSchemaVersion);
    if (length(root_->subgraphs()) == 0) return error("has no subgraph");
    return {};
  }

  /// Of the main graph. A name for a tensor that is not there is left out: nothing runs by it.
  void read_signatures(Model& model) const {
    const auto names = [&](const flatbuffers::Vector<flatbuffers::Offset<schema::TensorMap>>* maps) {
      std::map<std::string, int> tensors;
      for (std::uint32_t i = 0; i < length(maps); ++i) {
        const schema::TensorMap& map = *maps->Get(i);
        if (map.tensor_index() < model.main().tensors.size())
          tensors.emplace(text(map.name()), static_cast<int>(map.tensor_index()));
      }
      return tensors;
    };
    for (std::uint32_t i = 0; i < length(root_->signature_defs()); ++i) {
      const schema::SignatureDef& from = *root_->signature_defs()->Get(i);
      if (from.subgraph_index() != 0) continue;
      model.signatures.push_back({text(from.signature_key()), names(from.inputs()), names(from.outputs())});
    }
  }

  Result<Graph> read_graph(const schema::SubGraph& from) {
    Graph graph;
    graph.name = text(from.name());
    for (std::uint32_t t = 0; t < length(from.tensors()); ++t) {
      auto tensor = read_tensor(*from.tensors()->Get(t));
      if (!tensor)
        return in_context(fmt::format("tensor {} '{}'", t, text(from.tensors()->Get(t)->name())), tensor.error());
      graph.tensors.push_back(std::move(*tensor));
    }
    for (std::uint32_t i = 0; i < length(from.operators()); ++i) {
      auto node = read_node(*from.operators()->Get(i));
      if (!node) return in_context(fmt::format("op {}", i), node.error());
      graph.nodes.push_back(std::move(*node));
    }
    if (from.inputs() != nullptr) graph.inputs.assign(from.inputs()->begin(), from.inputs()->end());
    if (from.outputs() != nullptr) graph.outputs.assign(from.outputs()->begin(), from.outputs()->end());
    give_unmade_values(graph);
    NPUTWIN_RETURN_IF_ERROR(validate(graph));
    return graph;
  }

  /// A constant without elements has no data by which to tell it: whatever is empty and made by nobody is one. What a
  /// custom op reads and nobody makes is that op's own memory.
  static void give_unmade_values(Graph& graph) {
    std::vector<bool> made(graph.tensors.size(), false);
    const auto mark = [&](const std::vector<int>& list) {
      for (const int t : list) {
        if (t >= 0 && static_cast<std::size_t>(t) < made.size()) made[static_cast<std::size_t>(t)] = true;
      }
    };
    mark(graph.inputs);
    for (const Node& node : graph.nodes) mark(node.outputs);
    for (std::size_t t = 0; t < made.size(); ++t) {
      ModelTensor& tensor = graph.tensors[t];
      if (!made[t] && !tensor.variable && !tensor.constant && tensor.spec.elements() == 0) tensor.constant = Bytes{};
    }
    for (const Node& node : graph.nodes) {
      for (const int t : node.inputs) {
        if (!node.custom || t < 0 || static_cast<std::size_t>(t) >= made.size() || made[static_cast<std::size_t>(t)])
          continue;
        ModelTensor& tensor = graph.tensors[static_cast<std::size_t>(t)];
        if (tensor.variable || tensor.constant) continue;
        tensor.unsupported = fmt::format("has no data in the file: memory that {} works in", node.op);
        tensor.constant = Bytes{};
      }
    }
  }

  Result<ModelTensor> read_tensor(const schema::Tensor& from) {
    ModelTensor tensor;
    tensor.spec.name = text(from.name());
    tensor.variable = from.is_variable();
    tensor.complete = schema_knows(table_of(&from), "Tensor");
    if (from.shape() != nullptr) tensor.spec.shape.assign(from.shape()->begin(), from.shape()->end());
    tensor.shape_declared = !tensor.spec.shape.empty();
    if (from.shape_signature() != nullptr)
      tensor.shape_signature.assign(from.shape_signature()->begin(), from.shape_signature()->end());
    if (tensor.spec.shape.size() > kLargestRank)
      return error("has rank {}, at most {} is supported", tensor.spec.shape.size(), kLargestRank);
    // An open dimension (-1) is a run's to choose; the file may say so in either list.
    for (auto& d : tensor.spec.shape) {
      if (d < -1) return error("has shape {}, expected no negative dimension", to_string(tensor.spec.shape));
      if (d == -1) d = 1;
    }
    if (!element_count(tensor.spec.shape))
      return error("has shape {}, whose element count passes 63 bits", to_string(tensor.spec.shape));

    const auto* type = std::find_if(std::begin(kDTypes), std::end(kDTypes),
                                    [&](const DTypeInfo& d) { return d.tflite_code == from.type(); });
    const auto* packed = std::find_if(std::begin(kPackedTypes), std::end(kPackedTypes),
                                      [&](const PackedType& p) { return p.tflite_code == from.type(); });
    if (packed != std::end(kPackedTypes)) {
      tensor.spec.type = DType::kInt8;
      tensor.packed_bits = packed->bits;
    } else if (type == std::end(kDTypes)) {
      tensor.unsupported = fmt::format("has element type {}, which is not supported", type_name(from.type()));
      tensor.float16 = type_name(from.type()) == "FLOAT16";
    } else {
      tensor.spec.type = type->type;
    }
    if (from.sparsity() != nullptr) tensor.unsupported = "is stored as a sparse matrix, which is not supported";
    NPUTWIN_RETURN_IF_ERROR(read_quantization(from.quantization(), tensor));
    NPUTWIN_RETURN_IF_ERROR(read_buffer(from.buffer(), tensor));
    return tensor;
  }

  static std::string type_name(int code) {
    static constexpr const char* kEnumNames[] = {"FLOAT32",  "FLOAT16",  "INT32",     "UINT8",  "INT64",   "STRING",
                                                 "BOOL",     "INT16",    "COMPLEX64", "INT8",   "FLOAT64", "COMPLEX128",
                                                 "UINT64",   "RESOURCE", "VARIANT",   "UINT32", "UINT16",  "INT4",
                                                 "BFLOAT16", "INT2",     "UINT4"};
    return code >= 0 && code < static_cast<int>(std::size(kEnumNames)) ? kEnumNames[code] : std::to_string(code);
  }

  static Status read_quantization(const schema::QuantizationParameters* from, ModelTensor& tensor) {
    if (from == nullptr) return {};
    if (from->details_type() != 0) {
      tensor.unsupported = "is quantized by a scheme of its own (blockwise or custom), which is not supported";
      return {};
    }
    Quantization& q = tensor.spec.quantization;
    const std::size_t scales = length(from->scale()), zeros = length(from->zero_point());
    if (scales == 0) return {};
    if (zeros != scales && zeros > 1)
      return error("has {} scales and {} zero points, expected the same number", scales, zeros);
    q.axis = from->quantized_dimension();
    for (std::uint32_t i = 0; i < scales; ++i) {
      const float scale = from->scale()->Get(i);
      if (!std::isfinite(scale) || scale < 0)
        return error("has scale {}, expected a finite number that is not negative", scale);
      const std::int64_t zero = zeros == 0 ? 0 : load(*from->zero_point(), zeros == 1 ? 0 : i);
      if (zero < INT32_MIN || zero > INT32_MAX) return error("has zero point {}, expected 32 bits", zero);
      q.scale.push_back(scale);
      q.zero_point.push_back(static_cast<std::int32_t>(zero));
    }
    // A single scale of 0 is how converters write "not quantized".
    if (q.scale.size() == 1 && q.scale[0] == 0) q = {};
    if (std::any_of(q.scale.begin(), q.scale.end(), [](float s) { return s == 0; }))
      return error("has a scale of 0, expected scales above 0");
    return {};
  }

  Status read_buffer(std::uint32_t index, ModelTensor& tensor) {
    if (index >= length(root_->buffers()))
      return error("has buffer {}, expected an index under {}", index, length(root_->buffers()));
    const schema::Buffer& buffer = *root_->buffers()->Get(index);
    Bytes data;
    if (length(buffer.data()) > 0) {
      data = {reinterpret_cast<const std::byte*>(buffer.data()->data()), buffer.data()->size()};
    } else if (buffer.offset() > 1) {  // 0: none; 1 is a placeholder that writers leave behind
      const Bytes all = blob_->bytes();
      const auto end = checked_add<std::uint64_t>(buffer.offset(), buffer.size());
      if (!end || *end > all.size()) {
        return error("has its data at {} + {}, outside the file's {} bytes", buffer.offset(), buffer.size(),
                     all.size());
      }
      data = all.subspan(buffer.offset(), buffer.size());
    }
    if (data.empty()) {
      if (tensor.packed_bits != 0)
        tensor.unsupported =
            fmt::format("has codes of {} bits, which are supported in constants only", tensor.packed_bits);
      return {};
    }
    if (!tensor.unsupported.empty()) {
      tensor.constant = data;  // so that whoever reads it is told what is not supported, not that nobody makes it
      return {};
    }
    if (tensor.packed_bits != 0) return unpack(data, index, tensor);
    const auto wanted =
        checked_mul<std::int64_t>(tensor.spec.elements(), static_cast<std::int64_t>(size_of(tensor.spec.type)));
    if (!wanted || static_cast<std::uint64_t>(*wanted) != data.size()) {
      return error("is {} {}, but its buffer {} has {} bytes", name(tensor.spec.type), to_string(tensor.spec.shape),
                   index, data.size());
    }
    NPUTWIN_RETURN_IF_ERROR(check_booleans(tensor.spec.type, data));
    if (reinterpret_cast<std::uintptr_t>(data.data()) % size_of(tensor.spec.type) != 0) {
      model_->storage.push_back(std::make_shared<const Blob>(data));
      data = model_->storage.back()->bytes();
    }
    tensor.constant = data;
    return {};
  }

  /// Codes of a few bits as int8.
  Status unpack(Bytes data, std::uint32_t buffer, ModelTensor& tensor) {
    const int bits = tensor.packed_bits;
    const std::int64_t count = tensor.spec.elements();
    if (packed_size(count, bits) != static_cast<std::int64_t>(data.size())) {
      return error("has {} codes of {} bits, but its buffer {} has {} bytes", count, bits, buffer, data.size());
    }
    model_->storage.push_back(unpack_codes(data, count, bits));
    tensor.constant = model_->storage.back()->bytes();
    return {};
  }

  Result<Node> read_node(const schema::Operator& from) const {
    Node node;
    if (from.opcode_index() >= length(root_->operator_codes())) {
      return error("has operator code {}, expected an index under {}", from.opcode_index(),
                   length(root_->operator_codes()));
    }
    const schema::OperatorCode& code = *root_->operator_codes()->Get(from.opcode_index());
    const int builtin = std::max<int>(static_cast<int>(code.builtin_code()), code.deprecated_builtin_code());
    node.version = code.version();
    node.custom = builtin == static_cast<int>(schema::BuiltinOperator::CUSTOM);
    node.op = node.custom ? text(code.custom_code())
                          : schema::EnumNameBuiltinOperator(static_cast<schema::BuiltinOperator>(builtin));
    if (node.op.empty()) node.op = node.custom ? "CUSTOM" : fmt::format("operator {}", builtin);
    if (from.inputs() != nullptr) node.inputs.assign(from.inputs()->begin(), from.inputs()->end());
    if (from.outputs() != nullptr) node.outputs.assign(from.outputs()->begin(), from.outputs()->end());
    if (from.intermediates() != nullptr)
      node.intermediates.assign(from.intermediates()->begin(), from.intermediates()->end());
    node.attributes = read_attributes(from);
    node.complete = schema_knows(table_of(&from), "Operator");
    if (length(from.custom_options()) > 0) {
      node.custom_options = {reinterpret_cast<const std::byte*>(from.custom_options()->data()),
                             from.custom_options()->size()};
    } else if (from.large_custom_options_offset() > 1) {
      const auto end = checked_add<std::uint64_t>(from.large_custom_options_offset(), from.large_custom_options_size());
      if (!end || *end > blob_->bytes().size()) return error("{} has its options outside the file", node.op);
      node.custom_options =
          blob_->bytes().subspan(from.large_custom_options_offset(), from.large_custom_options_size());
    }
    return node;
  }

  std::shared_ptr<const Blob> blob_;
  std::string name_;
  const schema::Model* root_ = nullptr;
  Model* model_ = nullptr;
};

}  // namespace

Result<std::shared_ptr<const Model>> read_tflite(const ModelFile& file) {
  if (file.path == "-")
    return error("-: a model is read more than once, so it cannot come from stdin; expected a file");
  NPUTWIN_ASSIGN_OR_RETURN(auto bytes, file.map());
  return parse_tflite(std::move(bytes), file.path);
}

Result<std::shared_ptr<const Model>> parse_tflite(std::shared_ptr<const Blob> bytes, const std::string& name) {
  return Reader(std::move(bytes), name).read();
}

}  // namespace nputwin
