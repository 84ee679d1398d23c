#include "support/model_builder.h"

#include <gtest/gtest.h>

#include "io/tflite/reader.h"
#include "io/tflite/writer.h"
#include "profile/profile.h"

namespace nputwin::test {

ModelBuilder::ModelBuilder() {
  model_.path = "built.tflite";
  model_.graphs.resize(1);
}

int ModelBuilder::tensor(const std::string& name, DType type, const Shape& shape, float scale,
                         std::int32_t zero_point) {
  graph().tensors.emplace_back().spec = {name, type, shape, {}};
  if (scale != 0) graph().tensors.back().spec.quantization = {{scale}, {zero_point}, 0};
  return static_cast<int>(graph().tensors.size()) - 1;
}

int ModelBuilder::constant_bytes(const TensorSpec& spec, Bytes values) {
  ModelTensor& tensor = graph().tensors.emplace_back();
  tensor.spec = spec;
  tensor.constant = keep(values);
  return static_cast<int>(graph().tensors.size()) - 1;
}

Bytes ModelBuilder::keep(Bytes bytes) {
  model_.storage.push_back(std::make_shared<Blob>(bytes));
  return model_.storage.back()->bytes();
}

void ModelBuilder::op(const std::string& name, std::vector<int> inputs, std::vector<int> outputs,
                      Attributes attributes) {
  Node& node = graph().nodes.emplace_back();
  node.op = name;
  node.inputs = std::move(inputs);
  node.outputs = std::move(outputs);
  node.attributes = std::move(attributes);
}

void ModelBuilder::custom_op(const std::string& code, std::vector<int> inputs, std::vector<int> outputs,
                             const std::vector<std::uint8_t>& options) {
  op(code, std::move(inputs), std::move(outputs));
  graph().nodes.back().custom = true;
  graph().nodes.back().custom_options = keep(std::as_bytes(std::span(options)));
}

void ModelBuilder::inputs(std::vector<int> tensors) { graph().inputs = std::move(tensors); }
void ModelBuilder::outputs(std::vector<int> tensors) { graph().outputs = std::move(tensors); }

std::string ModelBuilder::bytes() const {
  const auto file = write_tflite(model_);
  if (!file) {
    ADD_FAILURE() << file.error().message;
    return "";
  }
  return {reinterpret_cast<const char*>(file->data()), file->size()};
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
  options.isa = isa;
  options.threads = threads;
  auto session = Session::prepare(model, profile, options);
  if (!session) {
    ADD_FAILURE() << session.error().message;
    return {};
  }
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const auto status = session->set_input(k, {&session->input_spec(k), inputs[k]});
    EXPECT_TRUE(status) << (status ? "" : status.error().message);
  }
  const auto ran = session->run();
  EXPECT_TRUE(ran) << (ran ? "" : ran.error().message);
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
