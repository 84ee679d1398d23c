#include "io/tflite/edit.h"

#include <flatbuffers/flatbuffers.h>

#include <bit>
#include <cstring>
#include <set>

#include "io/tflite/pack.h"
#include "io/tflite/schema.h"
#include "schema/tflite_generated.h"

namespace nputwin {
namespace {

const std::uint8_t* begin_of(Bytes file) { return reinterpret_cast<const std::uint8_t*>(file.data()); }

/// Changes vectors of a file without knowing the rest of it. Offsets in a flatbuffer lead forward, so the file's end is
/// a place for a longer vector, and a vector of tables gets shorter by moving its offsets to the front.
class InPlace {
 public:
  [[nodiscard]] static Result<InPlace> of(Bytes file) {
    static_assert(std::endian::native == std::endian::little, "flatbuffers are little-endian");
    constexpr std::size_t kMost = std::size_t{2'000'000'000};  // offsets have 32 bits, and runtimes read them as signed
    if (file.size() > kMost) return error("the file has {} bytes, too many for a changed copy", file.size());
    return InPlace(file);
  }

  [[nodiscard]] Status replace(flatbuffers::voffset_t field, const char* what, std::span<const std::int32_t> values) {
    const std::uint8_t* address = graph().GetAddressOf(field);
    if (address == nullptr) return error("the main graph has no list of {}", what);
    replace_vector(static_cast<std::size_t>(address - begin_of(file_)), values);
    return {};
  }

  /// Gives a tensor of the main graph a shape.
  [[nodiscard]] Status set_shape(int t, const Shape& shape) {
    const schema::Tensor& tensor =
        *schema::GetModel(begin_of(file_))->subgraphs()->Get(0)->tensors()->Get(static_cast<std::uint32_t>(t));
    const flatbuffers::Table& table = table_of(&tensor);
    const std::uint8_t* address = table.GetAddressOf(schema::Tensor::VT_SHAPE);
    if (address == nullptr) return error("tensor {} has no shape in the file, so a part cannot get one", t);
    replace_vector(static_cast<std::size_t>(address - begin_of(file_)), shape);
    if (const std::uint8_t* open = table.GetAddressOf(schema::Tensor::VT_SHAPE_SIGNATURE))
      replace_vector(static_cast<std::size_t>(open - begin_of(file_)), shape);
    return {};
  }

  /// `nodes`: indices in rising order.
  void keep_operators(std::span<const std::size_t> nodes) {
    const std::uint8_t* field = graph().GetAddressOf(schema::SubGraph::VT_OPERATORS);
    const std::size_t vector =
        static_cast<std::size_t>(field - begin_of(file_)) + flatbuffers::ReadScalar<std::uint32_t>(field);
    const auto entry = [&](std::size_t i) { return copy_.data() + vector + 4 * (i + 1); };
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      std::uint32_t offset = 0;
      std::memcpy(&offset, entry(nodes[k]), sizeof offset);
      offset += static_cast<std::uint32_t>(4 * (nodes[k] - k));
      std::memcpy(entry(k), &offset, sizeof offset);
    }
    const auto count = static_cast<std::uint32_t>(nodes.size());
    std::memcpy(copy_.data() + vector, &count, sizeof count);
  }

  /// The changed file.
  [[nodiscard]] std::vector<std::byte> take() {
    const flatbuffers::Table& model = table_of(schema::GetModel(begin_of(file_)));
    const std::uint8_t* signatures = model.GetAddressOf(schema::Model::VT_SIGNATURE_DEFS);
    if (signatures != nullptr) replace_vector(static_cast<std::size_t>(signatures - begin_of(file_)), {});
    return std::move(copy_);
  }

 private:
  explicit InPlace(Bytes file) : file_(file), copy_(file.begin(), file.end()) {}

  [[nodiscard]] const flatbuffers::Table& graph() const {
    return table_of(schema::GetModel(begin_of(file_))->subgraphs()->Get(0));
  }

  void replace_vector(std::size_t field, std::span<const std::int32_t> values) {
    copy_.resize((copy_.size() + 3) / 4 * 4);
    const std::size_t at = copy_.size();
    const auto count = static_cast<std::uint32_t>(values.size());
    copy_.resize(at + sizeof count + values.size_bytes());
    std::memcpy(copy_.data() + at, &count, sizeof count);
    if (!values.empty()) std::memcpy(copy_.data() + at + sizeof count, values.data(), values.size_bytes());
    const auto offset = static_cast<std::uint32_t>(at - field);
    std::memcpy(copy_.data() + field, &offset, sizeof offset);
  }

  Bytes file_;
  std::vector<std::byte> copy_;
};

/// The schema knows all of the graphs, op codes and buffers, and no buffer lies behind the flatbuffer. Of the model's
/// other fields (metadata, signatures) a cut keeps nothing.
bool is_known(const schema::Model& model) {
  const auto all_known = [](const auto* tables, std::string_view type) {
    for (std::uint32_t i = 0; tables != nullptr && i < tables->size(); ++i) {
      if (!schema_knows(table_of(tables->Get(i)), type)) return false;
    }
    return true;
  };
  for (std::uint32_t i = 0; model.buffers() != nullptr && i < model.buffers()->size(); ++i) {
    if (model.buffers()->Get(i)->offset() > 1) return false;
  }
  return all_known(model.subgraphs(), "SubGraph") && all_known(model.operator_codes(), "OperatorCode") &&
         all_known(model.buffers(), "Buffer");
}

/// Clears the buffers that no op and no other graph reads.
void drop_unread_buffers(schema::ModelT& model) {
  std::set<std::uint32_t> read;
  for (std::size_t g = 0; g < model.subgraphs.size(); ++g) {
    const schema::SubGraphT& graph = *model.subgraphs[g];
    std::set<std::int32_t> tensors;
    for (const auto& op : graph.operators) {
      for (const auto* list : {&op->inputs, &op->outputs, &op->intermediates})
        tensors.insert(list->begin(), list->end());
    }
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
      if (g > 0 || tensors.contains(static_cast<std::int32_t>(t))) read.insert(graph.tensors[t]->buffer);
    }
  }
  for (std::uint32_t b = 0; b < model.buffers.size(); ++b) {
    if (!read.contains(b)) model.buffers[b]->data.clear();
  }
}

std::vector<std::byte> compacted(const schema::Model& model, const Cut& cut) {
  const auto copy = std::unique_ptr<schema::ModelT>(model.UnPack());
  schema::SubGraphT& graph = *copy->subgraphs[0];
  graph.inputs = cut.inputs;
  graph.outputs = cut.outputs;
  for (const auto& [t, shape] : cut.shapes) {
    schema::TensorT& tensor = *graph.tensors[static_cast<std::size_t>(t)];
    tensor.shape = shape;
    tensor.shape_signature.clear();
  }
  std::vector<std::unique_ptr<schema::OperatorT>> kept;
  kept.reserve(cut.nodes.size());
  for (const std::size_t i : cut.nodes) kept.push_back(std::move(graph.operators[i]));
  graph.operators = std::move(kept);
  drop_unread_buffers(*copy);
  copy->metadata_buffer.clear();  // they would describe the whole model
  copy->metadata.clear();
  copy->signature_defs.clear();
  return pack(*copy);
}

}  // namespace

Result<std::vector<std::byte>> expose_outputs(Bytes file, std::span<const std::int32_t> outputs) {
  NPUTWIN_ASSIGN_OR_RETURN(InPlace copy, InPlace::of(file));
  NPUTWIN_RETURN_IF_ERROR(copy.replace(schema::SubGraph::VT_OUTPUTS, "outputs", outputs));
  return copy.take();
}

Result<std::vector<std::byte>> cut_file(Bytes file, const Cut& cut) {
  const schema::Model& model = *schema::GetModel(begin_of(file));
  if (is_known(model)) return compacted(model, cut);
  NPUTWIN_ASSIGN_OR_RETURN(InPlace copy, InPlace::of(file));
  NPUTWIN_RETURN_IF_ERROR(copy.replace(schema::SubGraph::VT_INPUTS, "inputs", cut.inputs));
  NPUTWIN_RETURN_IF_ERROR(copy.replace(schema::SubGraph::VT_OUTPUTS, "outputs", cut.outputs));
  for (const auto& [t, shape] : cut.shapes) NPUTWIN_RETURN_IF_ERROR(copy.set_shape(t, shape));
  copy.keep_operators(cut.nodes);
  return copy.take();
}

}  // namespace nputwin
