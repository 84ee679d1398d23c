#include "support/model_builder.h"

#include <gtest/gtest.h>

#include "io/tflite/reader.h"
#include "profile/profile.h"

namespace nputwin::test {

ModelBuilder::ModelBuilder() {
  model_.version = 3;
  model_.subgraphs.push_back(std::make_unique<schema::SubGraphT>());
  model_.buffers.push_back(std::make_unique<schema::BufferT>());
}

int ModelBuilder::tensor(const std::string& name, DType type, const Shape& shape, float scale,
                         std::int64_t zero_point) {
  auto t = std::make_unique<schema::TensorT>();
  t->name = name, t->type = static_cast<std::int8_t>(info(type).tflite_code), t->shape = shape;
  if (scale != 0) {
    t->quantization = std::make_unique<schema::QuantizationParametersT>();
    t->quantization->scale = {scale}, t->quantization->zero_point = {zero_point};
  }
  graph().tensors.push_back(std::move(t));
  return static_cast<int>(graph().tensors.size()) - 1;
}

int ModelBuilder::constant_bytes(const std::string& name, DType type, const Shape& shape,
                                 std::vector<std::uint8_t> bytes, const Quantization& q) {
  const int index = tensor(name, type, shape);
  schema::TensorT& t = *graph().tensors.back();
  if (!q.empty()) {
    t.quantization = std::make_unique<schema::QuantizationParametersT>();
    t.quantization->scale = q.scale;
    t.quantization->zero_point.assign(q.zero_point.begin(), q.zero_point.end());
    t.quantization->quantized_dimension = q.axis;
  }
  t.buffer = static_cast<std::uint32_t>(model_.buffers.size());
  model_.buffers.push_back(std::make_unique<schema::BufferT>());
  model_.buffers.back()->data = std::move(bytes);
  return index;
}

std::uint32_t ModelBuilder::opcode(schema::BuiltinOperator code, const std::string& custom) {
  auto entry = std::make_unique<schema::OperatorCodeT>();
  entry->builtin_code = code, entry->custom_code = custom;
  entry->deprecated_builtin_code = static_cast<std::int8_t>(std::min(static_cast<int>(code), 127));
  model_.operator_codes.push_back(std::move(entry));
  return static_cast<std::uint32_t>(model_.operator_codes.size() - 1);
}

void ModelBuilder::op(schema::BuiltinOperator code, std::vector<int> inputs, std::vector<int> outputs,
                      schema::BuiltinOptionsUnion options) {
  auto node = std::make_unique<schema::OperatorT>();
  node->opcode_index = opcode(code, "");
  node->inputs = std::move(inputs), node->outputs = std::move(outputs), node->builtin_options = std::move(options);
  graph().operators.push_back(std::move(node));
}

void ModelBuilder::custom_op(const std::string& code, std::vector<int> inputs, std::vector<int> outputs,
                             std::vector<std::uint8_t> options) {
  auto node = std::make_unique<schema::OperatorT>();
  node->opcode_index = opcode(schema::BuiltinOperator::CUSTOM, code);
  node->inputs = std::move(inputs), node->outputs = std::move(outputs), node->custom_options = std::move(options);
  graph().operators.push_back(std::move(node));
}

void ModelBuilder::inputs(std::vector<int> tensors) { graph().inputs = std::move(tensors); }
void ModelBuilder::outputs(std::vector<int> tensors) { graph().outputs = std::move(tensors); }

std::string ModelBuilder::bytes() const {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(schema::Model::Pack(builder, &model_), schema::ModelIdentifier());
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

std::shared_ptr<const Model> ModelBuilder::read() const {
  const std::string content = bytes();
  auto model = parse_tflite(std::make_shared<Blob>(std::as_bytes(std::span(content))), "built.tflite");
  if (!model) {
    ADD_FAILURE() << model.error().message;
    return nullptr;
  }
  return *model;
}

std::vector<std::vector<std::byte>> run_model(const std::shared_ptr<const Model>& model, const Profile& profile,
                                              const std::vector<std::vector<std::byte>>& inputs, const Isa& isa,
                                              int threads) {
  SessionOptions options;
  options.isa = isa, options.threads = threads;
  auto session = Session::prepare(model, profile, options);
  if (!session) {
    ADD_FAILURE() << session.error().message;
    return {};
  }
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const auto status = session->set_input(k, {&session->input_spec(k), inputs[k]});
    EXPECT_TRUE(status) << (status ? "" : status.error().message);
  }
  session->run();
  std::vector<std::vector<std::byte>> outputs;
  for (std::size_t k = 0; k < session->graph().outputs.size(); ++k) {
    const auto bytes = session->output(k).bytes;
    outputs.emplace_back(bytes.begin(), bytes.end());
  }
  return outputs;
}

std::vector<Profile> profiles_that_know(Family family) {
  std::vector<Profile> result;
  for (const Profile& p : builtin_profiles()) {
    if (p.evidence_of(family).confidence != Confidence::kUnknown) result.push_back(p);
  }
  return result;
}

}  // namespace nputwin::test
