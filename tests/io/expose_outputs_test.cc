#include "io/expose_outputs.h"

#include <gtest/gtest.h>

#include "io/tflite_reader.h"

namespace nputwin {
namespace {

TEST(ExposeOutputs, ChangesTheOutputsAndNothingElse) {
  const std::string path = NPUTWIN_SOURCE_DIR "/models/digits_embed20_i8.tflite";
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

}  // namespace
}  // namespace nputwin
