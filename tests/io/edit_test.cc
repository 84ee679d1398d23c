#include "io/tflite/edit.h"

#include <gtest/gtest.h>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "schema/tflite_generated.h"
#include "session/session.h"
#include "sides/input_source.h"
#include "support/paths.h"

namespace nputwin::edit_test {
namespace {

TEST(EditFile, ChangesTheOutputsAndNothingElse) {
  const std::string path = source_path("models/digits_embed20_i8.tflite");
  const auto file = read_file(path).value();
  const auto before = parse_tflite(file, "before").value();
  std::vector<std::int32_t> wanted;
  for (const Node& node : before->main().nodes) wanted.push_back(node.outputs[0]);

  const auto copy = expose_outputs(file->bytes(), wanted);
  ASSERT_TRUE(copy) << copy.error().message;
  const auto after = parse_tflite(std::make_shared<Blob>(Bytes(*copy)), "after");
  ASSERT_TRUE(after) << after.error().message;
  const Graph &a = before->main(), &b = (*after)->main();
  EXPECT_EQ(std::vector<std::int32_t>(b.outputs.begin(), b.outputs.end()), wanted);
  EXPECT_EQ(a.inputs, b.inputs);
  ASSERT_EQ(a.nodes.size(), b.nodes.size());
  for (std::size_t i = 0; i < a.nodes.size(); ++i) EXPECT_EQ(a.nodes[i].op, b.nodes[i].op);
  for (std::size_t t = 0; t < a.tensors.size(); ++t) {
    EXPECT_EQ(a.tensors[t].spec.quantization, b.tensors[t].spec.quantization);
    ASSERT_EQ(a.tensors[t].constant.has_value(), b.tensors[t].constant.has_value());
    if (a.tensors[t].constant) {
      EXPECT_TRUE(std::ranges::equal(*a.tensors[t].constant, *b.tensors[t].constant));
    }
  }
}

/// Every prefix and every single op of a model, run on what the whole run made, gives what the whole run gave.
void expect_cuts_equal(const std::string& path) {
  SCOPED_TRACE(path);
  const auto file = read_file(path).value();
  const auto whole = parse_tflite(file, path).value();
  const Profile profile = find_profile("vip-v8").value();
  Session session = Session::prepare(whole, profile, {}).value();
  const Graph& graph = whole->main();
  std::vector<TensorSpec> specs;
  for (std::size_t k = 0; k < graph.inputs.size(); ++k) specs.push_back(session.input_spec(k));
  const std::vector<InputArgument> source{"noise:1"};
  const Sample inputs = make_inputs(specs, source).value().sample(0).value();
  ASSERT_TRUE(session.set_inputs(inputs));
  std::map<int, Tensor> values;
  for (std::size_t k = 0; k < inputs.size(); ++k) values[graph.inputs[k]] = inputs[k];
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    EXPECT_TRUE(session.step(i));
    for (std::size_t k = 0; k < graph.nodes[i].outputs.size(); ++k) {
      const TensorView view = session.node_outputs(i)[k];
      values[graph.nodes[i].outputs[k]] = {*view.spec, {view.bytes.begin(), view.bytes.end()}};
    }
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const Cut& cut : {prefix_of(graph, i), part_of(graph, i, i)}) {
      const auto bytes = cut_file(file->bytes(), cut);
      ASSERT_TRUE(bytes) << bytes.error().message;
      const auto model = parse_tflite(std::make_shared<Blob>(Bytes(*bytes)), "cut");
      ASSERT_TRUE(model) << model.error().message;
      Session part = Session::prepare(*model, profile, {}).value();
      Sample given;
      for (const int t : cut.inputs) given.push_back(values.at(t));
      ASSERT_TRUE(part.set_inputs(given));
      EXPECT_TRUE(part.run());
      for (std::size_t k = 0; k < cut.outputs.size(); ++k)
        ASSERT_TRUE(std::ranges::equal(part.output(k).bytes, values.at(cut.outputs[k]).data)) << "op " << i;
    }
  }
}

TEST(EditFile, CutsGiveWhatTheWholeModelGives) {
  for (const char* model : {"models/digits_embed20_i8", "models/digits_embed20_u8", "models/digits_embed20_float_io",
                            "tests/vectors/directed/selection"})
    expect_cuts_equal(source_path(model + std::string(".tflite")));
}

TEST(EditFile, ACutIsSmallerThanTheWhole) {
  const auto file = read_file(source_path("models/digits_embed20_i8.tflite")).value();
  const auto whole = parse_tflite(file, "whole").value();
  EXPECT_LT(cut_file(file->bytes(), part_of(whole->main(), 3, 3)).value().size(), file->bytes().size() / 2);
}

/// An unknown field keeps the file as it is, but for what is cut.
TEST(EditFile, AFileWithUnknownFieldsIsCutInPlace) {
  const auto file = read_file(source_path("models/digits_embed20_i8.tflite")).value();
  std::vector<std::byte> strange(file->bytes().begin(), file->bytes().end());
  // The first op's options become ones that the schema does not have.
  auto* op = reinterpret_cast<flatbuffers::Table*>(
      const_cast<schema::Operator*>(schema::GetModel(strange.data())->subgraphs()->Get(0)->operators()->Get(0)));
  auto* type = const_cast<std::uint8_t*>(op->GetAddressOf(schema::Operator::VT_BUILTIN_OPTIONS_TYPE));
  ASSERT_NE(type, nullptr);
  *type = 200;
  const auto whole = parse_tflite(std::make_shared<Blob>(Bytes(strange)), "strange").value();
  const Cut cut = part_of(whole->main(), 3, 5);
  const auto bytes = cut_file(strange, cut);
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_GE(bytes->size(), strange.size());
  const auto part = parse_tflite(std::make_shared<Blob>(Bytes(*bytes)), "part");
  ASSERT_TRUE(part) << part.error().message;
  ASSERT_EQ((*part)->main().nodes.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ((*part)->main().nodes[i].outputs, whole->main().nodes[i + 3].outputs);
  EXPECT_EQ((*part)->main().inputs, cut.inputs);
  EXPECT_EQ((*part)->main().outputs, cut.outputs);
}

/// A part of a model whose file gives a placeholder for a shape has the shape of the run.
TEST(EditFile, InputsOfACutHaveTheShapesOfTheRun) {
  const auto file = read_file(source_path("models/digits_embed20_i8.tflite")).value();
  const auto whole = parse_tflite(file, "whole").value();
  Cut cut = part_of(whole->main(), 3, 5);
  const int t = cut.inputs.at(0);
  std::vector<TensorSpec> specs;
  for (const ModelTensor& tensor : whole->main().tensors) specs.push_back(tensor.spec);
  set_shapes(cut, whole->main(), specs);
  EXPECT_TRUE(cut.shapes.empty()) << "the file says what the run has";
  specs[static_cast<std::size_t>(t)].shape[0] = 7;
  set_shapes(cut, whole->main(), specs);
  const auto expect_shape = [&](Bytes bytes) {
    const auto copy = cut_file(bytes, cut);
    ASSERT_TRUE(copy) << copy.error().message;
    const auto part = parse_tflite(std::make_shared<Blob>(Bytes(*copy)), "part").value();
    EXPECT_EQ(part->main().spec(t).shape, specs[static_cast<std::size_t>(t)].shape);
  };
  expect_shape(file->bytes());
  std::vector<std::byte> strange(file->bytes().begin(), file->bytes().end());  // is cut in place, as above
  auto* op = reinterpret_cast<flatbuffers::Table*>(
      const_cast<schema::Operator*>(schema::GetModel(strange.data())->subgraphs()->Get(0)->operators()->Get(0)));
  *const_cast<std::uint8_t*>(op->GetAddressOf(schema::Operator::VT_BUILTIN_OPTIONS_TYPE)) = 200;
  expect_shape(strange);
}

}  // namespace
}  // namespace nputwin::edit_test
