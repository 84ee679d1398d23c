// What the delegate makes of a runtime's graph, against what the reader makes of the file: every directed model.

#include "graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "builtin_options.h"
#include "delegate/library.h"
#include "delegate/mock_runtime.h"
#include "io/tflite/reader.h"
#include "profile/variant.h"
#include "session/placement/placement.h"
#include "support/paths.h"

namespace nputwin::test {
namespace {

std::vector<std::string> directed_models() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("tests/vectors/directed"))) {
    if (entry.path().extension() == ".tflite") paths.push_back(entry.path().string());
  }
  std::ranges::sort(paths);
  return paths;
}

/// The file's attributes that the runtime's struct has.
Attributes known(const Node& node, const Attributes& of_runtime) {
  Attributes result;
  for (const auto& [name, value] : of_runtime.all()) {
    for (const auto& [own, own_value] : node.attributes.all()) {
      if (own == name) result.set(own, own_value);
    }
  }
  return result;
}

/// Attributes that no claimed op needs, or that a later version of the op has.
bool may_lack(const std::string& attribute) {
  return attribute == "quantized_bias_type" || attribute == "offset" || attribute == "diagonal_recurrent_tensors";
}

TEST(RuntimeGraph, HasTheFilesGraph) {
  std::set<std::string> seen;
  for (const std::string& path : directed_models()) {
    const auto model = read_tflite(path);
    if (!model || (*model)->graphs.size() != 1) continue;
    MockRuntime runtime(*model);
    ASSERT_EQ(runtime.apply(make_delegate({{"on_cpu", "*"}}).get()), abi::kTfLiteOk);
    const auto read = delegate::RuntimeGraph::read(runtime.context());
    ASSERT_TRUE(read) << path << ": " << read.error().message;
    const Graph &file = (*model)->main(), &own = (*read)->graph();
    ASSERT_EQ(own.nodes.size(), file.nodes.size());
    for (std::size_t t = 0; t < file.tensors.size(); ++t) {
      const ModelTensor &a = file.tensors[t], &b = own.tensors[t];
      if (!a.unsupported.empty()) continue;
      EXPECT_EQ(a.packed_bits, b.packed_bits);
      EXPECT_TRUE(a.packed_bits == 0 || std::ranges::equal(*a.constant, *b.constant)) << path << " tensor " << t;
      EXPECT_EQ(b.unsupported, "") << path << " tensor " << t;
      EXPECT_EQ(a.spec.name, b.spec.name);
      EXPECT_EQ(a.spec.type, b.spec.type) << path << " tensor " << t;
      EXPECT_EQ(a.spec.shape, b.spec.shape) << path << " tensor " << t;
      EXPECT_EQ(a.spec.quantization, b.spec.quantization) << path << " tensor " << t;
      EXPECT_EQ(a.shape_declared, b.shape_declared) << path << " tensor " << t;
      EXPECT_EQ(a.variable, b.variable);
      EXPECT_EQ(a.constant.has_value() && !a.variable, b.constant.has_value()) << path << " tensor " << t;
    }
    const auto with_options = delegate::ops_with_options();
    for (std::size_t i = 0; i < file.nodes.size(); ++i) {
      const Node &a = file.nodes[i], &b = own.nodes[i];
      EXPECT_EQ(std::tie(a.op, a.version, a.custom, a.inputs, a.outputs, a.intermediates),
                std::tie(b.op, b.version, b.custom, b.inputs, b.outputs, b.intermediates))
          << path << " op " << i;
      if (std::ranges::find(with_options, a.op) == with_options.end() || a.attributes.all().empty()) continue;
      seen.insert(a.op);
      for (const auto& [name, value] : a.attributes.all()) {
        if (may_lack(name) || (a.op == "TRANSPOSE_CONV" && a.version < 4)) continue;
        const auto& all = b.attributes.all();
        const auto found = std::ranges::find(all, name, [](const auto& pair) { return pair.first; });
        ASSERT_NE(found, all.end()) << path << " op " << i << " " << a.op << " has no " << name;
        EXPECT_TRUE(found->second == value) << path << " op " << i << " " << a.op << " " << name;
      }
      EXPECT_EQ(known(a, b.attributes).all().size(), b.attributes.all().size()) << path << " " << a.op;
    }
  }
  EXPECT_GE(seen.size(), 30u);
}

TEST(RuntimeGraph, ClaimsAndComputesWhatThePlacementDoes) {
  const std::string placement = "vx(vip-v8)+tflite-2.14-x86-ref";
  const Profile profile = resolve_profile(placement).value();
  const OwnedDelegate delegate = make_delegate({});
  std::set<std::string> computed;
  int models = 0;
  for (const std::string& path : directed_models()) {
    const auto model = read_tflite(path);
    if (!model || (*model)->graphs.size() != 1) continue;
    // A fused activation in a version of the op that has none: no converter writes that, and TFLite 2.9's struct has no
    // room for it.
    if (path.ends_with("transpose_conv_activation.tflite")) continue;
    auto session = Session::prepare(*model, profile, {});
    if (!session) continue;
    MockRuntime runtime(*model);
    ASSERT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
    ASSERT_EQ(runtime.allocate(), abi::kTfLiteOk) << path << ": " << runtime.errors();
    std::vector<bool> claimed(session->graph().nodes.size(), false);
    for (const auto& partition : runtime.partitions()) {
      for (const std::size_t n : partition) claimed[n] = true, computed.insert(session->graph().nodes[n].op);
    }
    for (std::size_t n = 0; n < claimed.size(); ++n) {
      if (session->preparation().rules(n).profile == nullptr) continue;
      EXPECT_EQ(claimed[n], session->preparation().rules(n).rejection.empty()) << path << " op " << n;
    }
    unsigned seed = 1;
    for (std::size_t k = 0; k < session->graph().inputs.size(); ++k) {
      const TensorSpec& spec = session->input_spec(k);
      std::vector<std::byte> bytes(spec.bytes());
      const bool wide = spec.type == DType::kInt32 || spec.type == DType::kInt64 || spec.type == DType::kBool;
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned noise = (seed = seed * 1664525 + 1013904223) >> 24;
        // Small integers that may be indices; numbers of a moderate size.
        bytes[i] = static_cast<std::byte>(wide ? (i % size_of(spec.type) == 0 ? noise & 1 : 0) : noise);
        if (spec.type == DType::kFloat32 && i % 4 == 3) bytes[i] = static_cast<std::byte>(0x3e + (noise & 0x80));
      }
      ASSERT_TRUE(session->set_input(k, {&spec, bytes}));
      runtime.set_input(k, bytes);
    }
    const auto ran = session->run();
    const auto status = runtime.invoke();
    if (!ran) continue;
    ASSERT_EQ(status, abi::kTfLiteOk) << path << ": " << runtime.errors();
    ++models;
    for (std::size_t k = 0; k < session->graph().outputs.size(); ++k) {
      const auto bytes = session->output(k).bytes;
      EXPECT_EQ(runtime.output(k), std::vector<std::byte>(bytes.begin(), bytes.end())) << path << " output " << k;
    }
  }
  std::string list;
  for (const std::string& op : computed) list += op + " ";
  RecordProperty("ops", list);
  EXPECT_GE(computed.size(), 50u) << list;
  EXPECT_GE(models, 100);
}

TEST(RuntimeGraph, TheRuntimeHoldsVariables) {
  const auto model = read_tflite(shared_path("corpus/models/rnn_mnist_lstm_i8.tflite"));
  if (!model) GTEST_SKIP() << model.error().message;
  const std::string lstm = "vip-v8{substitute.lstm=tflite-2.14-x86-ref}";
  auto session = Session::prepare(*model, resolve_profile("vx(" + lstm + ")+tflite-2.14-x86-ref").value(), {});
  ASSERT_TRUE(session) << session.error().message;
  const OwnedDelegate delegate = make_delegate({{"profile", lstm}});
  MockRuntime runtime(*model);
  ASSERT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
  ASSERT_EQ(runtime.allocate(), abi::kTfLiteOk) << runtime.errors();
  std::vector<std::vector<std::byte>> outputs;
  for (const bool reset : {false, false, true}) {
    if (reset) runtime.reset_variables(), session->reset_state();
    std::vector<std::byte> input(session->input_spec(0).bytes());
    for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::byte>(i * 37);
    ASSERT_TRUE(session->set_input(0, {&session->input_spec(0), input}));
    runtime.set_input(0, input);
    ASSERT_TRUE(session->run());
    ASSERT_EQ(runtime.invoke(), abi::kTfLiteOk) << runtime.errors();
    const auto bytes = session->output(0).bytes;
    EXPECT_EQ(runtime.output(0), std::vector<std::byte>(bytes.begin(), bytes.end()));
    outputs.push_back(runtime.output(0));
  }
  EXPECT_EQ(outputs[0], outputs[2]);
  bool claims_lstm = false;
  for (const auto& partition : runtime.partitions()) {
    for (const std::size_t n : partition)
      claims_lstm = claims_lstm || session->graph().nodes[n].op == "UNIDIRECTIONAL_SEQUENCE_LSTM";
  }
  EXPECT_TRUE(claims_lstm);
}

}  // namespace
}  // namespace nputwin::test
