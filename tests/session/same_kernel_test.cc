// Kernel::same_as over the directed models, which have nearly every op: kernels by one profile are the same, and what
// is the same gives equal outputs. Then small models of the other ops.

#include <flatbuffers/flexbuffers.h>
#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <typeinfo>

#include "io/tflite/reader.h"
#include "mac/mac_kernel.h"
#include "profile/profile.h"
#include "session/control_flow.h"
#include "session/preparation.h"
#include "session/scratch.h"
#include "support/model_builder.h"
#include "support/paths.h"
#include "tensor/code_types.h"

namespace nputwin::test::same_kernel_test {
namespace {

/// A model's nodes by one profile.
struct Side {
  std::unique_ptr<Preparation> preparation;
  std::vector<std::unique_ptr<Kernel>> kernels;  ///< null: refused, or known before anything runs
};

Side side(const Model& model, const char* profile) {
  Side side{Preparation::of(model, find_profile(profile).value(), {}).value(), {}};
  const Status added = side.preparation->add_nodes(ThreadPool(1), [&](std::size_t, Preparation::AddedNode node) {
    side.kernels.push_back(node.kernel ? std::move(*node.kernel) : nullptr);
    return Status();
  });
  EXPECT_TRUE(added);
  return side;
}

std::vector<std::shared_ptr<const Model>> directed_models() {
  std::set<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("tests/vectors/directed"))) {
    if (entry.path().extension() == ".tflite") paths.insert(entry.path());
  }
  std::vector<std::shared_ptr<const Model>> models;
  for (const auto& path : paths) models.push_back(read_tflite(path).value());
  return models;
}

/// `small`: integers from 0 to 2, of which some name elements; else any.
void fill(DType type, std::span<std::byte> bytes, bool small, std::mt19937& engine) {
  const auto each = [&](auto value) {
    using T = decltype(value);
    for (T& x : std::span(reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T))) {
      if constexpr (std::is_same_v<T, float>) {
        x = std::uniform_real_distribution<float>(-8, 8)(engine);
        if (engine() % 8 == 0) x = std::round(x) / 2;
      } else if constexpr (std::is_same_v<T, bool>) {
        x = engine() % 2 != 0;
      } else {
        x = static_cast<T>(small && sizeof(T) >= 4 ? engine() % 3 : engine());
      }
    }
  };
  switch (type) {
    case DType::kFloat32:
      return each(float{});
    case DType::kBool:
      return each(bool{});
    case DType::kInt32:
      return each(std::int32_t{});
    case DType::kInt64:
      return each(std::int64_t{});
    default:
      with_code_type(type, each);
  }
}

/// What a kernel makes: outputs, then state.
struct Made {
  std::string fault;
  std::vector<std::vector<std::byte>> values;
  bool operator==(const Made&) const = default;
};

/// Of the node's constants, as the preparation knows them, and of random values.
Made run(const Kernel& kernel, const Preparation& p, const Node& node, unsigned seed) {
  static const ThreadPool pool(1);
  std::mt19937 engine(seed);
  std::deque<Blob> memory;
  std::vector<TensorView> inputs;
  std::vector<MutableTensorView> outputs, state;
  for (const int t : node.inputs) {
    inputs.emplace_back();
    if (t < 0) continue;
    const TensorSpec& spec = p.tensors().spec(t);
    inputs.back() = {&spec, p.tensors().constant(t).value_or(Bytes())};
    if (p.tensors().constant(t)) continue;
    const std::span<std::byte> bytes = memory.emplace_back(spec.bytes()).mutable_bytes();
    fill(spec.type, bytes, seed % 2 == 0, engine);
    inputs.back().bytes = bytes;
    if (p.tensors().graph().tensor(t).variable) state.push_back({&spec, bytes});
  }
  for (const int t : node.outputs) {
    const TensorSpec& spec = p.tensors().spec(t);
    outputs.push_back({&spec, memory.emplace_back(spec.bytes()).mutable_bytes()});
  }
  Scratch scratch(kernel.scratch_bytes());
  const Status ran = run_kernel(kernel, {inputs, outputs, state, scratch.bytes(), &pool, nullptr});
  if (!ran) return {ran.error().message, {}};
  Made made;
  for (const auto& views : {outputs, state}) {
    for (const auto& view : views) made.values.emplace_back(view.bytes.begin(), view.bytes.end());
  }
  return made;
}

/// Kernels that do not say when they are the same: their functions are std::functions, or lambdas that capture.
bool is_silent(const Kernel& kernel, const Model& model, const Node& node) {
  if (dynamic_cast<const MacKernel*>(&kernel) != nullptr || is_control_flow(node.op)) return true;
  const std::string name = typeid(kernel).name();
  const auto is = [&](const char* what) { return name.find(what) != std::string::npos; };
  const bool of_codes = !node.inputs.empty() && model.main().spec(node.inputs[0]).type != DType::kInt32;
  return is("CodeTableKernel") || is("CodeKernel") || is("PairKernel") || is("Concatenation") || is("AveragePool") ||
         is("SumKernel") || is("RealFunction") || (is("StoppingKernel") && of_codes);
}

TEST(SameKernel, OfOneProfile) {
  std::set<std::string> ops;
  int same = 0, silent = 0;
  for (const auto& model : directed_models()) {
    for (const char* profile : {"tflite-2.9.1-arm64-builtin", "litert-2.3-x86", "litert-2.3-x86-ref", "vip-v8"}) {
      const Side a = side(*model, profile), b = side(*model, profile);
      for (std::size_t n = 0; n < a.kernels.size(); ++n) {
        const Node& node = model->main().nodes[n];
        ASSERT_EQ(a.kernels[n] == nullptr, b.kernels[n] == nullptr);
        if (a.kernels[n] == nullptr) continue;
        const Kernel& kernel = *a.kernels[n];
        if (kernel.same_as(*b.kernels[n])) {
          ++same, ops.insert(node.op);
          EXPECT_TRUE(b.kernels[n]->same_as(kernel));
        } else {
          ++silent;
          EXPECT_TRUE(is_silent(kernel, *model, node))
              << model->path << " " << node_name(n, node) << " " << typeid(kernel).name() << " " << profile;
        }
      }
    }
  }
  EXPECT_GT(same, 1500);
  EXPECT_GT(ops.size(), 70U);
  RecordProperty("same", same);
  RecordProperty("silent", silent);
}

TEST(SameKernel, GivesEqualOutputs) {
  const char* profiles[] = {"tflite-2.14-x86-ref",
                            "tflite-2.14-x86-builtin",
                            "tflite-2.9.1-arm64-builtin",
                            "litert-2.3-x86",
                            "litert-2.3-x86-ref",
                            "litert-2.1-arm64",
                            "tflite-micro",
                            "vip-v8",
                            "tosa-1.0-single"};
  int pairs = 0, run_twice = 0;
  for (const auto& model : directed_models()) {
    std::vector<Side> sides;
    for (const char* profile : profiles) sides.push_back(side(*model, profile));
    for (std::size_t n = 0; n < model->main().nodes.size(); ++n) {
      const Node& node = model->main().nodes[n];
      // By the first side that has the kernel: what that one makes.
      std::map<std::size_t, std::vector<Made>> made;
      for (std::size_t b = 1; b < sides.size(); ++b) {
        for (std::size_t a = 0; a < b && sides[b].kernels[n] != nullptr; ++a) {
          const Kernel* first = sides[a].kernels[n].get();
          if (first == nullptr || !first->same_as(*sides[b].kernels[n])) continue;
          ++pairs;
          std::vector<Made>& of_first = made[a];
          for (unsigned seed = 0; seed < 2; ++seed) {
            const Preparation& p = *sides[a].preparation;
            if (of_first.size() <= seed) of_first.push_back(run(*first, p, node, seed));
            run_twice += of_first[seed].fault.empty() ? 1 : 0;
            EXPECT_EQ(of_first[seed], run(*sides[b].kernels[n], p, node, seed))
                << model->path << " " << node_name(n, node) << " " << profiles[a] << " " << profiles[b];
          }
          break;  // what b is the same as is the same among each other
        }
      }
    }
  }
  EXPECT_GT(pairs, 2000);
  EXPECT_GT(run_twice, 3 * pairs / 2);
}

/// Ops that only move codes, but for those that say so, do not ask the profile: LateKernel rests on that.
TEST(SameKernel, WhatMovesCodesIsTheSameByEveryProfile) {
  int compared = 0;
  for (const auto& model : directed_models()) {
    const Side a = side(*model, "litert-2.3-x86-builtin");
    for (const char* profile : {"litert-2.3-x86", "tflite-2.14-arm64", "tflite-micro", "vip-v7", "qnnpack"}) {
      const Side b = side(*model, profile);
      for (std::size_t n = 0; n < a.kernels.size(); ++n) {
        const Node& node = model->main().nodes[n];
        const OpDefinition* op = find_op(node.op);
        if (op == nullptr || op->family != Family::kMovement || op->reads_profile || is_control_flow(node.op)) continue;
        if (a.kernels[n] == nullptr || b.kernels[n] == nullptr) continue;
        ++compared;
        EXPECT_TRUE(a.kernels[n]->same_as(*b.kernels[n])) << model->path << " " << node_name(n, node) << " " << profile;
      }
    }
  }
  EXPECT_GT(compared, 500);
}

TEST(SameKernel, NotWhereTheRuleDiffers) {
  const auto differ = [](const char* name, const char* profile_a, const char* profile_b) {
    const auto model = read_tflite(source_path("tests/vectors/directed/") + name).value();
    const Side a = side(*model, profile_a), b = side(*model, profile_b);
    int count = 0;
    for (std::size_t n = 0; n < a.kernels.size(); ++n) {
      if (a.kernels[n] == nullptr || b.kernels[n] == nullptr) continue;
      EXPECT_FALSE(a.kernels[n]->same_as(*b.kernels[n])) << name << " " << n;
      for (unsigned seed = 0; seed < 4; ++seed) {
        const auto made_by = [&](const Side& s) {
          return run(*s.kernels[n], *a.preparation, model->main().nodes[n], seed);
        };
        count += made_by(a) == made_by(b) ? 0 : 1;
      }
    }
    return count;
  };
  EXPECT_GT(differ("softmax_i8.tflite", "litert-2.1-arm64", "vip-v8"), 0);
  EXPECT_GT(differ("resize_bilinear_u8.tflite", "litert-2.3-x86-ref", "litert-2.1-arm64"), 0);
  EXPECT_GT(differ("hard_swish_f32.tflite", "tflite-2.9.1-arm64-builtin", "litert-2.1-arm64"), 0);
}

std::shared_ptr<const Model> model_of_rest() {
  ModelBuilder b;
  const int f = b.tensor("f", DType::kFloat32, {2, 9}), d = b.tensor("d", DType::kFloat32, {2, 1}),
            i = b.tensor("i", DType::kInt32, {3}), q = b.tensor("q", DType::kInt8, {2, 1}, 0.5F, 3),
            one = b.tensor("one", DType::kFloat32, {}), variable = b.tensor("variable", DType::kFloat32, {2, 9});
  b.graph().tensors[static_cast<std::size_t>(variable)].variable = true;
  const auto integers = [&](const std::vector<std::int32_t>& values) {
    return b.constant<std::int32_t>("c", {static_cast<std::int32_t>(values.size())}, values);
  };
  const int rows = b.constant<std::int8_t>("rows", {3, 2}, {1, 2, 3, 4, 5, 6}, {{0.5F}, {0}, 0}),
            depth = b.constant<std::int32_t>("depth", {}, {4}), on = b.constant<float>("on", {}, {1.5F}),
            off = b.constant<float>("off", {}, {-2});
  const auto number = [&] { return b.tensor("y", DType::kFloat32, {}); };
  b.op("FILL", {integers({2, 3}), one}, {number()});
  b.op("ONE_HOT", {i, depth, on, off}, {number()}, {{"axis", -1}});
  b.op("REVERSE_SEQUENCE", {f, integers({3, 5})}, {number()}, {{"seq_dim", 1}});
  b.op("TOPK_V2", {f, integers({3})}, {number(), b.tensor("k", DType::kInt32, {})});
  b.op("EMBEDDING_LOOKUP", {i, rows}, {number()});
  b.op("REDUCE_PROD", {f, integers({1})}, {number()});
  b.op("REDUCE_PROD", {q, integers({1})}, {b.tensor("y", DType::kInt8, {}, 0.5F, 3)});
  b.op("SOFTMAX", {f}, {number()}, {{"beta", 1.0}});
  b.op("DIV", {f, d}, {number()});
  b.op("ASSIGN_VARIABLE", {variable, f}, {});
  b.inputs({f, d, i, q, one});
  return std::make_shared<const Model>(b.model());
}

std::shared_ptr<const Model> detection() {
  flexbuffers::Builder f;
  f.Map([&] {
    f.Int("max_detections", 3), f.Int("max_classes_per_detection", 1), f.Int("num_classes", 2);
    f.Float("nms_score_threshold", 0.1F), f.Float("nms_iou_threshold", 0.6F);
    f.Float("y_scale", 10), f.Float("x_scale", 10), f.Float("h_scale", 5), f.Float("w_scale", 5);
  });
  f.Finish();
  ModelBuilder b;
  const int boxes = b.tensor("boxes", DType::kUInt8, {1, 5, 4}, 0.1F, 3),
            scores = b.tensor("scores", DType::kUInt8, {1, 5, 3}, 1.0F / 256, 0),
            anchors = b.constant<std::uint8_t>("anchors", {5, 4}, std::vector<std::uint8_t>(20, 9), {{0.1F}, {0}, 0});
  std::vector<int> out;
  for (int k = 0; k < 4; ++k) out.push_back(b.tensor("out", DType::kFloat32, {}));
  b.custom_op("TFLite_Detection_PostProcess", {boxes, scores, anchors}, out, f.GetBuffer());
  b.inputs({boxes, scores}), b.outputs(out);
  return b.read();
}

std::shared_ptr<const Model> lstm() {
  ModelBuilder b;
  std::vector<int> inputs(24, -1), intermediates;
  inputs[0] = b.tensor("x", DType::kInt8, {1, 2, 2}, 0.02F, 1);
  for (std::size_t k = 1; k <= 8; ++k)
    inputs[k] = b.constant<std::int8_t>("w", {2, 2}, {50, -100, 90, 20}, {{0.01F}, {0}, 0});
  inputs[18] = b.tensor("h", DType::kInt8, {1, 2}, 0.01F, -3);
  inputs[19] = b.tensor("c", DType::kInt16, {1, 2}, 0x1p-11F, 0);
  for (const std::size_t k : {18, 19}) b.graph().tensors[static_cast<std::size_t>(inputs[k])].variable = true;
  for (int k = 0; k < 5; ++k) intermediates.push_back(b.tensor("m", DType::kInt8, {}, 0.01F, 5));
  b.op("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, {b.tensor("y", DType::kInt8, {}, 0.01F, -3)});
  b.graph().nodes[0].intermediates = intermediates;
  b.inputs({inputs[0]});
  return std::make_shared<const Model>(b.model());
}

TEST(SameKernel, OfOpsThatTheDirectedModelsLack) {
  for (const auto& model : {model_of_rest(), detection(), lstm(),
                            read_tflite(source_path("tests/vectors/directed/svdf_state_i8.tflite")).value()}) {
    std::vector<bool> known(model->main().nodes.size(), false);
    for (const char* profile : {"litert-2.3-x86-builtin", "tflite-2.14-arm64", "tflite-micro"}) {
      const Side a = side(*model, profile), b = side(*model, profile);
      for (std::size_t n = 0; n < a.kernels.size(); ++n) {
        if (a.kernels[n] == nullptr) continue;
        known[n] = true;
        const Node& node = model->main().nodes[n];
        EXPECT_TRUE(a.kernels[n]->same_as(*b.kernels[n])) << node_name(n, node) << " " << profile;
        EXPECT_EQ(run(*a.kernels[n], *a.preparation, node, 0), run(*b.kernels[n], *a.preparation, node, 0));
      }
    }
    for (std::size_t n = 0; n < known.size(); ++n) EXPECT_TRUE(known[n]) << node_name(n, model->main().nodes[n]);
  }
}

TEST(SameKernel, NotWhereAnLstmsRuleDiffers) {
  const auto model = lstm();
  const Side a = side(*model, "tflite-2.9.1-x86-ref"), b = side(*model, "litert-2.3-x86-ref");
  ASSERT_NE(a.kernels[0], nullptr);
  ASSERT_NE(b.kernels[0], nullptr);
  EXPECT_FALSE(a.kernels[0]->same_as(*b.kernels[0]));  // before 2.11 the hidden state's zero point is subtracted
}

/// Whether one op is the same by two profiles; its second input comes while the model runs.
bool same_late(const char* op, DType type, const Shape& operand, const char* profile_a, const char* profile_b) {
  ModelBuilder b;
  const int x = b.tensor("x", type, {1, 2, 2, 1}, 0.5F, 0), c = b.tensor("c", DType::kInt32, operand);
  std::vector<int> inputs{x, c};
  if (op == std::string("SPACE_TO_BATCH_ND")) inputs.push_back(b.constant<std::int32_t>("p", {2, 2}, {0, 0, 0, 0}));
  const int y = b.tensor("y", type, {1, 2, 2, 1}, 0.5F, 0);
  b.op(op, inputs, {y});
  b.inputs({x, c}), b.outputs({y});
  const auto model = b.read();
  const Side of_a = side(*model, profile_a), of_b = side(*model, profile_b);
  return of_a.kernels[0]->same_as(*of_b.kernels[0]);
}

TEST(SameKernel, LateOnesThatTheProfileDoesNotDecide) {
  EXPECT_TRUE(same_late("TILE", DType::kInt8, {4}, "tflite-2.14-x86-ref", "vip-v8"));
  // TFLite takes int16 from LiteRT 2.1.6 on.
  EXPECT_TRUE(same_late("TILE", DType::kInt16, {4}, "litert-2.3-x86-ref", "vip-v8"));
  EXPECT_FALSE(same_late("TILE", DType::kInt16, {4}, "tflite-2.14-x86-ref", "vip-v8"));
  EXPECT_FALSE(same_late("SPACE_TO_BATCH_ND", DType::kInt8, {2}, "tflite-2.14-x86-ref", "tflite-2.14-x86-ref"));
  EXPECT_FALSE(same_late("MEAN", DType::kInt8, {1}, "tflite-2.14-x86-ref", "vip-v8"));
}

}  // namespace
}  // namespace nputwin::test::same_kernel_test
