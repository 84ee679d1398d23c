#include "io/tflite/writer.h"

#include <map>
#include <tuple>

#include "base/checked.h"
#include "io/tflite/pack.h"
#include "io/tflite/packed_codes.h"
#include "io/tflite/schema.h"
#include "schema/tflite_generated.h"

namespace nputwin {
namespace {

using flatbuffers::Offset;

constexpr std::size_t kMostBytes =
    std::size_t{2'000'000'000};  // offsets have 32 bits, and runtimes read them as signed

class Writer {
 public:
  explicit Writer(const Model& model) : model_(model) {
    buffers_.push_back(write_buffer(builder_, {}));  // the buffer of what has no constant
  }

  Result<std::vector<std::byte>> write() {
    if (auto status = check(); !status) return in_context(model_.path, status.error());
    std::vector<Offset<schema::SubGraph>> graphs;
    for (std::size_t g = 0; g < model_.graphs.size(); ++g) {
      auto graph = write_graph(model_.graphs[g]);
      if (!graph) return in_context(fmt::format("{}: subgraph {}", model_.path, g), graph.error());
      graphs.push_back(*graph);
    }
    schema::FinishModelBuffer(
        builder_,
        schema::CreateModel(builder_, kSchemaVersion, builder_.CreateVector(codes_), builder_.CreateVector(graphs),
                            builder_.CreateString(model_.description), builder_.CreateVector(buffers_)));
    const auto* bytes = reinterpret_cast<const std::byte*>(builder_.GetBufferPointer());
    return std::vector<std::byte>(bytes, bytes + builder_.GetSize());
  }

 private:
  [[nodiscard]] Status check() const {
    if (model_.graphs.empty()) return error("has no subgraph");
    std::size_t bytes = 0;
    for (std::size_t g = 0; g < model_.graphs.size(); ++g) {
      if (auto status = validate(model_.graphs[g]); !status)
        return in_context(fmt::format("subgraph {}", g), status.error());
      for (const ModelTensor& tensor : model_.graphs[g].tensors) bytes += tensor.constant ? tensor.constant->size() : 0;
    }
    if (bytes > kMostBytes) return error("has {} bytes of constants, at most {} can be written", bytes, kMostBytes);
    return {};
  }

  Result<Offset<schema::SubGraph>> write_graph(const Graph& graph) {
    std::vector<Offset<schema::Tensor>> tensors;
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
      auto tensor = write_tensor(graph.tensors[t]);
      if (!tensor) return in_context(fmt::format("tensor {} '{}'", t, graph.tensors[t].spec.name), tensor.error());
      tensors.push_back(*tensor);
    }
    std::vector<Offset<schema::Operator>> operators;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      auto node = write_node(graph.nodes[i]);
      if (!node) return in_context(node_name(i, graph.nodes[i]), node.error());
      operators.push_back(*node);
    }
    return schema::CreateSubGraph(builder_, builder_.CreateVector(tensors), builder_.CreateVector(graph.inputs),
                                  builder_.CreateVector(graph.outputs), builder_.CreateVector(operators),
                                  builder_.CreateString(graph.name));
  }

  Result<Offset<schema::Tensor>> write_tensor(const ModelTensor& tensor) {
    if (!tensor.unsupported.empty()) return error("{}, and cannot be written", tensor.unsupported);
    if (!tensor.complete) return error("has fields that the schema here does not know, and cannot be written");
    NPUTWIN_ASSIGN_OR_RETURN(const std::uint32_t buffer, buffer_of(tensor));
    int type = info(tensor.spec.type).tflite_code;
    for (const PackedType& packed : kPackedTypes) {
      if (packed.bits == tensor.packed_bits) type = packed.tflite_code;
    }
    const TensorSpec& spec = tensor.spec;
    const auto shape = spec.shape.empty() ? 0 : builder_.CreateVector(spec.shape);
    const auto name = builder_.CreateString(spec.name);
    const auto quantization = write_quantization(spec.quantization);
    return schema::CreateTensor(builder_, shape, static_cast<std::int8_t>(type), buffer, name, quantization,
                                tensor.variable);
  }

  Offset<schema::QuantizationParameters> write_quantization(const Quantization& q) {
    if (q.empty()) return 0;
    const std::vector<std::int64_t> zeros(q.zero_point.begin(), q.zero_point.end());
    const auto scale = builder_.CreateVector(q.scale);
    const auto zero_point = builder_.CreateVector(zeros);
    schema::QuantizationParametersBuilder quantization(builder_);
    quantization.add_scale(scale);
    quantization.add_zero_point(zero_point);
    quantization.add_quantized_dimension(q.axis);
    return quantization.Finish();
  }

  /// The index of the buffer that holds a tensor's constant.
  Result<std::uint32_t> buffer_of(const ModelTensor& tensor) {
    if (!tensor.constant) return 0U;
    const Bytes values = *tensor.constant;
    if (values.empty() && tensor.spec.elements() == 0) return 0U;  // which is how files have it
    if (values.size() != tensor.spec.bytes()) {
      return error("is {} {}, but its constant has {} bytes", name(tensor.spec.type), to_string(tensor.spec.shape),
                   values.size());
    }
    const auto next = static_cast<std::uint32_t>(buffers_.size());
    const auto [written, is_new] =
        written_buffers_.try_emplace({values.data(), values.size(), tensor.packed_bits}, next);
    if (!is_new) return written->second;
    if (tensor.packed_bits == 0) {
      buffers_.push_back(write_buffer(builder_, values));
    } else {
      NPUTWIN_ASSIGN_OR_RETURN(const auto packed, pack_codes(values, tensor.packed_bits));
      buffers_.push_back(write_buffer(builder_, packed->bytes()));
    }
    return next;
  }

  Result<Offset<schema::Operator>> write_node(const Node& node) {
    if (!node.complete) return error("has options that the schema here does not know, and cannot be written");
    if (node.op == "VAR_HANDLE" && node.outputs.empty())
      return error("a variable tensor has taken the place of its handle, and the model cannot be written");
    NPUTWIN_ASSIGN_OR_RETURN(const std::uint32_t code, code_of(node));
    NPUTWIN_ASSIGN_OR_RETURN(const WrittenOptions options, write_attributes(builder_, node.op, node.attributes));
    const auto inputs = builder_.CreateVector(node.inputs), outputs = builder_.CreateVector(node.outputs);
    const auto intermediates = node.intermediates.empty() ? 0 : builder_.CreateVector(node.intermediates);
    const auto* custom = reinterpret_cast<const std::uint8_t*>(node.custom_options.data());
    const auto custom_options =
        node.custom_options.empty() ? 0 : builder_.CreateVector(custom, node.custom_options.size());
    schema::OperatorBuilder op(builder_);
    op.add_opcode_index(code);
    op.add_inputs(inputs);
    op.add_outputs(outputs);
    op.add_builtin_options_type(options.type);
    op.add_builtin_options(options.table);
    op.add_custom_options(custom_options);
    op.add_intermediates(intermediates);
    return op.Finish();
  }

  /// The index of the operator code that a node refers to.
  Result<std::uint32_t> code_of(const Node& node) {
    const auto next = static_cast<std::uint32_t>(codes_.size());
    const auto [written, is_new] = written_codes_.try_emplace({node.op, node.version, node.custom}, next);
    if (!is_new) return written->second;
    const auto builtin = node.custom ? schema::BuiltinOperator::CUSTOM : operator_named(node.op);
    if (!builtin) return error("is no operator of the schema, and cannot be written");
    const auto custom_code = node.custom ? builder_.CreateString(node.op) : 0;
    codes_.push_back(
        schema::CreateOperatorCode(builder_, old_operator_code(*builtin), custom_code, node.version, *builtin));
    return next;
  }

  const Model& model_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<Offset<schema::Buffer>> buffers_;
  std::map<std::tuple<const std::byte*, std::size_t, int>, std::uint32_t> written_buffers_;  // by what they hold
  std::vector<Offset<schema::OperatorCode>> codes_;
  std::map<std::tuple<std::string, int, bool>, std::uint32_t> written_codes_;
};

}  // namespace

Result<std::vector<std::byte>> write_tflite(const Model& model) { return Writer(model).write(); }

}  // namespace nputwin
