#include "io/tflite/change.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "io/tflite/archive.h"
#include "io/tflite/pack.h"
#include "io/tflite/packed_codes.h"
#include "io/tflite/schema.h"

namespace nputwin {
namespace {

using Changes = std::map<int, TensorChange>;

const schema::Tensor& tensor_of(Bytes file, int t) {
  return *schema::GetModel(file.data())->subgraphs()->Get(0)->tensors()->Get(static_cast<std::uint32_t>(t));
}

/// As the file stores a constant.
Result<std::vector<std::byte>> stored(const ModelTensor& tensor, const TensorChange& change) {
  if (change.constant.empty() || tensor.packed_bits == 0) return change.constant;
  NPUTWIN_ASSIGN_OR_RETURN(const auto packed, pack_codes(change.constant, tensor.packed_bits));
  return std::vector<std::byte>(packed->bytes().begin(), packed->bytes().end());
}

/// Overwrites vectors where they lie. Nothing where a tensor that does not change alike shares one of them.
class InPlaceChange {
 public:
  InPlaceChange(Bytes file, const Changes& changes) : file_(file), copy_(file.begin(), file.end()) {
    const schema::Model& model = *schema::GetModel(file.data());
    for (std::uint32_t g = 0; g < model.subgraphs()->size(); ++g) {
      const auto* tensors = model.subgraphs()->Get(g)->tensors();
      for (std::uint32_t t = 0; tensors != nullptr && t < tensors->size(); ++t) {
        const auto change = g == 0 ? changes.find(static_cast<int>(t)) : changes.end();
        const schema::Tensor& tensor = *tensors->Get(t);
        if (change == changes.end() || change->second.constant.empty()) kept_.insert(data_of(tensor));
        if (change == changes.end() || change->second.scale.empty()) kept_.insert(scale_of(tensor));
      }
    }
    kept_.erase(nullptr);
  }

  [[nodiscard]] bool set(const void* place, std::span<const std::byte> values) {
    if (values.empty()) return true;
    if (place == nullptr || kept_.contains(place)) return false;
    const auto [known, is_new] = written_.try_emplace(place, values.begin(), values.end());
    if (!is_new && !std::ranges::equal(known->second, values)) return false;
    const auto at = static_cast<std::size_t>(static_cast<const std::byte*>(place) - file_.data());
    std::ranges::copy(values, copy_.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
  }

  [[nodiscard]] const void* data_of(const schema::Tensor& tensor) const {
    const schema::Model& model = *schema::GetModel(file_.data());
    const auto& buffer = *model.buffers()->Get(tensor.buffer());
    if (buffer.offset() > 1) return file_.data() + buffer.offset();
    return buffer.data() == nullptr ? nullptr : buffer.data()->data();
  }
  [[nodiscard]] static const void* scale_of(const schema::Tensor& tensor) {
    const auto* q = tensor.quantization();
    return q == nullptr || q->scale() == nullptr ? nullptr : q->scale()->data();
  }

  std::vector<std::byte> take() { return std::move(copy_); }

 private:
  Bytes file_;
  std::vector<std::byte> copy_;
  std::set<const void*> kept_;
  std::map<const void*, std::vector<std::byte>> written_;
};

/// The changed model, with the archive that lies behind the file.
std::vector<std::byte> packed_with_archive(const schema::ModelT& model, Bytes file) {
  std::vector<std::byte> bytes = pack(model);
  if (const auto archive = archive_behind(file)) append_archive(bytes, file, *archive);
  return bytes;
}

Error not_known() {
  return error("the file holds what the schema here does not describe, so that it cannot be written anew");
}

void set_values(schema::ModelT& model, schema::TensorT& tensor, std::span<const std::byte> values) {
  auto buffer = std::make_unique<schema::BufferT>();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
  buffer->data.assign(bytes, bytes + values.size());
  tensor.buffer = static_cast<std::uint32_t>(model.buffers.size());
  model.buffers.push_back(std::move(buffer));
}

/// Empties buffers that nothing refers to any more.
void drop_unread(schema::ModelT& model) {
  std::set<std::uint32_t> read;
  for (const auto& graph : model.subgraphs) {
    for (const auto& tensor : graph->tensors) read.insert(tensor->buffer);
  }
  for (const auto& m : model.metadata) read.insert(m->buffer);
  for (const std::int32_t b : model.metadata_buffer) read.insert(static_cast<std::uint32_t>(b));
  for (std::uint32_t b = 0; b < model.buffers.size(); ++b) {
    if (!read.contains(b)) model.buffers[b]->data.clear();
  }
}

/// But for the first, which is the number of samples.
bool has_open_dimensions(const schema::TensorT& tensor) {
  const auto& dimensions = tensor.shape_signature;
  return dimensions.size() > 1 && std::ranges::any_of(std::span(dimensions).subspan(1), [](int d) { return d < 0; });
}

std::uint32_t code_of(schema::ModelT& model, const Node& node) {
  const auto op = operator_named(node.op).value_or(schema::BuiltinOperator::CUSTOM);
  for (std::uint32_t i = 0; i < model.operator_codes.size(); ++i) {
    const auto& code = *model.operator_codes[i];
    const auto known = std::max(static_cast<int>(code.builtin_code), static_cast<int>(code.deprecated_builtin_code));
    if (known == static_cast<int>(op) && code.version == node.version) return i;
  }
  auto code = std::make_unique<schema::OperatorCodeT>();
  code->builtin_code = op;
  code->deprecated_builtin_code = old_operator_code(op);
  code->version = node.version;
  model.operator_codes.push_back(std::move(code));
  return static_cast<std::uint32_t>(model.operator_codes.size() - 1);
}

Result<std::unique_ptr<schema::OperatorT>> operator_of(schema::ModelT& model, const Node& node) {
  auto op = std::make_unique<schema::OperatorT>();
  op->opcode_index = code_of(model, node);
  op->inputs = node.inputs;
  op->outputs = node.outputs;
  flatbuffers::FlatBufferBuilder builder;
  NPUTWIN_ASSIGN_OR_RETURN(const WrittenOptions options, write_attributes(builder, node.op, node.attributes));
  if (options.type == schema::BuiltinOptions::NONE) return op;
  builder.Finish(flatbuffers::Offset<flatbuffers::Table>(options.table.o));
  const auto* table = flatbuffers::GetRoot<flatbuffers::Table>(builder.GetBufferPointer());
  op->builtin_options.type = options.type;
  op->builtin_options.value = schema::BuiltinOptionsUnion::UnPack(table, options.type, nullptr);
  return op;
}

}  // namespace

Result<std::vector<std::byte>> change_tensors(Bytes file, const Model& model, const Changes& changes) {
  InPlaceChange in_place(file, changes);
  std::map<int, std::vector<std::byte>> constants;
  bool done = true;
  for (const auto& [t, change] : changes) {
    NPUTWIN_ASSIGN_OR_RETURN(constants[t], stored(model.main().tensor(t), change));
    const schema::Tensor& tensor = tensor_of(file, t);
    done = done && in_place.set(in_place.data_of(tensor), constants[t]) &&
           in_place.set(InPlaceChange::scale_of(tensor), std::as_bytes(std::span(change.scale)));
  }
  if (done) return in_place.take();
  if (!is_known_whole(file)) return not_known();
  const auto copy = std::unique_ptr<schema::ModelT>(schema::GetModel(file.data())->UnPack());
  for (const auto& [t, change] : changes) {
    schema::TensorT& tensor = *copy->subgraphs[0]->tensors[static_cast<std::size_t>(t)];
    if (!constants[t].empty()) set_values(*copy, tensor, constants[t]);
    if (!change.scale.empty()) tensor.quantization->scale = change.scale;
  }
  drop_unread(*copy);
  return packed_with_archive(*copy, file);
}

Result<std::vector<std::byte>> change_ops(Bytes file, const OpChange& change) {
  if (!is_known_whole(file)) return not_known();
  const auto copy = std::unique_ptr<schema::ModelT>(schema::GetModel(file.data())->UnPack());
  schema::SubGraphT& graph = *copy->subgraphs[0];
  if (graph.tensors.size() != change.first_added)
    return error("its variables are resources, which the reader numbers otherwise than the file");
  for (const auto& [node, others] : change.nodes) {
    for (const std::int32_t t : graph.operators[node]->inputs) {
      if (t >= 0 && has_open_dimensions(*graph.tensors[static_cast<std::size_t>(t)]))
        return error("op {} has dimensions that the file leaves open", node);
    }
  }
  for (const auto& [spec, constant] : change.tensors) {
    auto tensor = std::make_unique<schema::TensorT>();
    tensor->name = spec.name;
    tensor->shape = spec.shape;
    tensor->type = static_cast<std::int8_t>(info(spec.type).tflite_code);
    if (!constant.empty()) set_values(*copy, *tensor, constant);
    if (!spec.quantization.empty()) {
      tensor->quantization = std::make_unique<schema::QuantizationParametersT>();
      tensor->quantization->scale = spec.quantization.scale;
      tensor->quantization->zero_point.assign(spec.quantization.zero_point.begin(), spec.quantization.zero_point.end());
      tensor->quantization->quantized_dimension = spec.quantization.axis;
    }
    graph.tensors.push_back(std::move(tensor));
  }
  std::vector<std::unique_ptr<schema::OperatorT>> operators;
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const auto other = change.nodes.find(i);
    if (other == change.nodes.end()) {
      operators.push_back(std::move(graph.operators[i]));
      continue;
    }
    for (const Node& node : other->second) {
      NPUTWIN_ASSIGN_OR_RETURN(auto op, operator_of(*copy, node));
      operators.push_back(std::move(op));
    }
  }
  graph.operators = std::move(operators);
  drop_unread(*copy);
  return packed_with_archive(*copy, file);
}

}  // namespace nputwin
