// The delegate by its two functions, in a runtime that is played.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "delegate/library.h"
#include "delegate/mock_runtime.h"
#include "io/npz.h"
#include "io/tflite/reader.h"
#include "profile/variant.h"
#include "support/model_builder.h"
#include "support/paths.h"

namespace nputwin::test {
namespace {

using testing::HasSubstr;

constexpr const char* kCpu = "tflite-2.14-x86-ref";  // what MockRuntime computes by

std::shared_ptr<const Model> digits() { return read_tflite(source_path("models/digits_embed20_i8.tflite")).value(); }

std::vector<std::byte> noise(const Session& session, std::size_t k, unsigned seed) {
  std::vector<std::byte> bytes(session.input_spec(k).bytes());
  for (auto& b : bytes) b = static_cast<std::byte>((seed = seed * 1664525 + 1013904223) >> 24);
  return bytes;
}

/// What a placement gives.
class Expected {
 public:
  Expected(const std::shared_ptr<const Model>& model, const std::string& placement, SessionOptions options = {})
      : session_(Session::prepare(model, resolve_profile(placement).value(), options).value()) {}

  std::vector<std::byte> input(unsigned seed) { return noise(session_, 0, seed); }
  std::vector<std::byte> run(const std::vector<std::byte>& input) {
    EXPECT_TRUE(session_.set_input(0, {&session_.input_spec(0), input}));
    EXPECT_TRUE(session_.run());
    const auto bytes = session_.output(0).bytes;
    return {bytes.begin(), bytes.end()};
  }

 private:
  Session session_;
};

std::string placed(const std::string& chip = "vx(vip-v8)") { return chip + "+" + kCpu; }

std::vector<std::byte> run_delegated(const std::shared_ptr<const Model>& model, const OwnedDelegate& delegate,
                                     const std::vector<std::byte>& input) {
  MockRuntime runtime(model);
  EXPECT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
  EXPECT_EQ(runtime.allocate(), abi::kTfLiteOk) << runtime.errors();
  runtime.set_input(0, input);
  EXPECT_EQ(runtime.invoke(), abi::kTfLiteOk) << runtime.errors();
  return runtime.output(0);
}

TEST(Plugin, ComputesWhatThePlacementDoes) {
  Expected expected(digits(), placed());
  const auto input = expected.input(1);
  EXPECT_EQ(run_delegated(digits(), make_delegate({}), input), expected.run(input));
  Expected cpu(digits(), "tflite-2.9.1-arm64");
  EXPECT_EQ(run_delegated(digits(), make_delegate({{"profile", "tflite-2.9.1-arm64"}}), input), cpu.run(input));
  EXPECT_NE(cpu.run(input), expected.run(input));
}

TEST(Plugin, LeavesToTheRuntimeWhatItMustNotClaim) {
  SessionOptions options;
  options.on_cpu = {"7", "12"};
  Expected expected(digits(), placed(), options);
  const auto input = expected.input(2);
  const OwnedDelegate delegate = make_delegate({{"on_cpu", "7,12"}, {"threads", "2"}});
  EXPECT_EQ(run_delegated(digits(), delegate, input), expected.run(input));
  MockRuntime runtime(digits());
  ASSERT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
  EXPECT_EQ(runtime.partitions().size(), 3u);
  // Everything.
  const OwnedDelegate none = make_delegate({{"on_cpu", "*"}});
  Expected cpu(digits(), kCpu);
  EXPECT_EQ(run_delegated(digits(), none, input), cpu.run(input));
}

TEST(Plugin, TakesAPlacementApart) {
  Expected expected(digits(), placed("vx-lf-5.15.71(vip-v7)"));
  const auto input = expected.input(3);
  for (const KeyValues& options : {KeyValues{{"profile", "vx-lf-5.15.71(vip-v7)+tflite-2.9.1-arm64"}},
                                   KeyValues{{"profile", "vip-v7"}, {"release", "vx-lf-5.15.71"}}})
    EXPECT_EQ(run_delegated(digits(), make_delegate(options), input), expected.run(input));
}

TEST(Plugin, RefusesOptionsWithAMessage) {
  for (const auto& [key, value, message] :
       std::vector<std::array<std::string, 3>>{{"profile", "vip-v9", "option profile: "},
                                               {"profile", "", "option profile: "},
                                               {"release", "vx-lf-5.15.72", "did you mean 'vx-lf-5.15.71'"},
                                               {"release", "xnnpack", "the releases are"},
                                               {"threads", "0", "expected a number from 1"},
                                               {"threads", "two", "expected a number from 1"},
                                               {"trace", "trace.txt", "ends in .npz"},
                                               {"compare", "nobody", "option compare: "},
                                               {"compare", "vip-v7", "go together"},
                                               {"report", "report.html", "go together"},
                                               {"report", "report.pdf", "whose ending says the format"},
                                               {"allowed_cache_mode", "True", "expected true, false, 1 or 0"},
                                               {"device_id", "first", "option device_id: 'first'"},
                                               {"allowed_builtin_code", "x", "expected a number"},
                                               {"error_during_init", "yes", "expected true, false"},
                                               {"error_during_prepare", "", "expected true, false"},
                                               {"error_during_invoke", "2", "expected true, false"}}) {
    EXPECT_EQ(make_delegate({{key, value}}), nullptr) << key;
    EXPECT_THAT(reported(), HasSubstr(message)) << key << "=" << value;
  }
}

TEST(Plugin, TakesTheOptionsOfLibvxDelegate) {
  Expected expected(digits(), placed());
  const auto input = expected.input(4);
  const OwnedDelegate delegate = make_delegate({{"allowed_cache_mode", "true"},
                                                {"cache_file_path", "/nowhere/model.nb"},
                                                {"device_id", "1 of two"},
                                                {"allowed_builtin_code", "3"},
                                                {"error_during_init", "true"},
                                                {"error_during_prepare", "1"},
                                                {"error_during_invoke", "true"},
                                                {"error_during_invoke", "no matter, the first one counts"},
                                                {"some_other_key", "whatever"}});
  ASSERT_NE(delegate, nullptr) << reported();
  EXPECT_EQ(run_delegated(digits(), delegate, input), expected.run(input));
}

TEST(Plugin, NullPointersDoNotCrash) {
  const Library& library = Library::get();
  char profile[] = "profile", wrong[] = "wrong", other[] = "other";
  std::array<char*, 3> keys = {nullptr, other, profile};
  std::array<char*, 3> values = {wrong, nullptr, nullptr};
  EXPECT_EQ(library.create(keys.data(), values.data(), 3, nullptr), nullptr);
  OwnedDelegate delegate(library.create(keys.data(), values.data(), 2, nullptr), library.destroy);
  EXPECT_NE(delegate, nullptr);
  EXPECT_EQ(library.create(keys.data() + 2, nullptr, 1, nullptr), nullptr);
  delegate = {library.create(nullptr, nullptr, 0, nullptr), library.destroy};
  EXPECT_NE(delegate, nullptr);
  library.destroy(nullptr);
}

TEST(Plugin, ReportsWithoutTheRuntimesFunction) {
  MockRuntime runtime(digits());
  const OwnedDelegate delegate = make_delegate({});
  ASSERT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
  runtime.context().ReportError = nullptr;
  runtime.context().tensors[runtime.graph().inputs[0]].type = abi::kTfLiteInt8;
  ASSERT_EQ(runtime.allocate(), abi::kTfLiteOk);
  runtime.context().tensors[runtime.graph().inputs[0]].data = nullptr;
  EXPECT_EQ(runtime.invoke(), abi::kTfLiteError);
}

TEST(Plugin, LeavesAModelThatItCannotTake) {
  MockRuntime runtime(digits());
  const OwnedDelegate delegate = make_delegate({});
  const auto plan = runtime.context().GetExecutionPlan;
  runtime.context().GetExecutionPlan = [](abi::TfLiteContext*, abi::TfLiteIntArray**) { return abi::kTfLiteError; };
  EXPECT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
  runtime.context().GetExecutionPlan = plan;
  Expected cpu(digits(), kCpu);
  const auto input = cpu.input(5);
  ASSERT_EQ(runtime.allocate(), abi::kTfLiteOk);
  runtime.set_input(0, input);
  ASSERT_EQ(runtime.invoke(), abi::kTfLiteOk);
  EXPECT_EQ(runtime.output(0), cpu.run(input));
}

TEST(Plugin, ANodeThatTheProfileDoesNotKnowStaysWithTheRuntime) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 4}, 0.5F);
  const int y = b.tensor("y", DType::kInt8, {1, 4}, 0.5F);
  const int z = b.tensor("z", DType::kInt8, {1, 4}, 0.5F);
  b.op("RELU", {x}, {y});
  b.op("ELU", {y}, {z});  // no evidence says how the k210 computes anything
  b.inputs({x}), b.outputs({z});
  const auto model = b.read();
  MockRuntime runtime(model);
  const OwnedDelegate delegate = make_delegate({{"profile", "k210"}});
  ASSERT_NE(delegate, nullptr) << reported();
  ASSERT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
  EXPECT_TRUE(runtime.partitions().empty());
}

/// A model whose batch may change.
std::shared_ptr<const Model> resizable() {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 4, 4, 2}, 0.5F);
  const int w = b.constant<std::int8_t>("w", {3, 1, 1, 2}, {1, -2, 3, 4, -5, 6}, {{0.25F}, {0}, 0});
  const int bias = b.constant<std::int32_t>("b", {3}, {7, -8, 9}, {{0.125F}, {0}, 0});
  const int y = b.tensor("y", DType::kInt8, {1, 4, 4, 3}, 0.75F, 3);
  const int z = b.tensor("z", DType::kInt8, {1, 4, 4, 3}, 0.5F, 3);
  b.op("CONV_2D", {x, w, bias}, {y},
       {{"padding", std::int64_t{1}},
        {"stride_w", std::int64_t{1}},
        {"stride_h", std::int64_t{1}},
        {"dilation_w_factor", std::int64_t{1}},
        {"dilation_h_factor", std::int64_t{1}}});
  b.op("LOGISTIC", {y}, {z});
  b.graph().tensors[static_cast<std::size_t>(z)].spec.quantization = {{1.0F / 256}, {-128}, 0};
  b.inputs({x}), b.outputs({z});
  return b.read();
}

TEST(Plugin, FollowsTheRuntimesShapes) {
  MockRuntime runtime(resizable());
  const OwnedDelegate delegate = make_delegate({});
  ASSERT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
  for (const int batch : {1, 3, 2, 2}) {
    SessionOptions options;
    options.input_shapes["x"] = {batch, 4, 4, 2};
    Expected expected(resizable(), placed(), options);
    const auto input = expected.input(static_cast<unsigned>(batch));
    runtime.resize_input(0, {batch, 4, 4, 2});
    ASSERT_EQ(runtime.allocate(), abi::kTfLiteOk) << runtime.errors();
    EXPECT_EQ(runtime.output_shape(0), (Shape{batch, 4, 4, 3}));
    runtime.set_input(0, input);
    ASSERT_EQ(runtime.invoke(), abi::kTfLiteOk) << runtime.errors();
    EXPECT_EQ(runtime.output(0), expected.run(input)) << batch;
  }
}

TEST(Plugin, SizesOutputsThatTheRuntimeHasNot) {
  MockRuntime runtime(resizable());
  const OwnedDelegate delegate = make_delegate({});
  ASSERT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
  ASSERT_EQ(runtime.allocate(), abi::kTfLiteOk);
  const int z = runtime.graph().outputs[0];
  runtime.context().tensors[z].allocation_type = abi::kTfLiteDynamic;
  runtime.context().tensors[z].data = nullptr;
  Expected expected(resizable(), placed());
  const auto input = expected.input(6);
  runtime.set_input(0, input);
  ASSERT_EQ(runtime.invoke(), abi::kTfLiteOk) << runtime.errors();
  EXPECT_EQ(runtime.output(0), expected.run(input));
}

/// How often the sanitizers, which are slow, do what is done a thousand times elsewhere. Leaks show either way.
constexpr int kCycles = 1000;

TEST(Plugin, AThousandCycles) {
  const auto model = resizable();
  Expected expected(model, placed());
  const auto input = expected.input(7);
  const auto want = expected.run(input);
  rusage before{}, after{};
  for (int i = 0; i < kCycles; ++i) {
    ASSERT_EQ(run_delegated(model, make_delegate({{"threads", i % 2 == 0 ? "1" : "2"}}), input), want);
    if (i == kCycles / 4) getrusage(RUSAGE_SELF, &before);
  }
  getrusage(RUSAGE_SELF, &after);
  // Sanitizers keep freed memory, and an emulator loses some of its own with every thread that ends.
#if !defined(NPUTWIN_SANITIZED) && !defined(NPUTWIN_EMULATED)
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 4096) << "KiB that did not come back";
#endif
}

TEST(Plugin, TwoRuntimesInTwoThreads) {
  const auto model = digits();
  Expected expected(model, placed());
  const auto one = expected.input(8), two = expected.input(9);
  const auto want_one = expected.run(one), want_two = expected.run(two);
  const auto work = [&](const auto& input, const auto& want, const OwnedDelegate& delegate) {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(run_delegated(model, delegate, input), want);
  };
  const OwnedDelegate own = make_delegate({}), shared = make_delegate({{"threads", "2"}});
  for (const OwnedDelegate* other : {&own, &shared}) {
    std::thread first(work, one, want_one, std::cref(shared));
    std::thread second(work, two, want_two, std::cref(*other));
    first.join(), second.join();
  }
}

TEST(Plugin, KernelsMayOutliveTheDelegate) {
  MockRuntime runtime(digits());
  OwnedDelegate delegate = make_delegate({});
  ASSERT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
  ASSERT_EQ(runtime.allocate(), abi::kTfLiteOk);
  delegate.reset();
  EXPECT_EQ(runtime.invoke(), abi::kTfLiteOk);
}

class Files : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("nputwin_delegate_" + std::to_string(getpid()) + "_" +
                                                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string file(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] static std::string read(const std::string& path) {
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(Files, ATraceHoldsEveryRun) {
  const std::string path = file("trace.npz");
  Expected expected(digits(), placed());
  std::vector<std::byte> wanted;
  {
    const OwnedDelegate delegate = make_delegate({{"trace", path}, {"on_cpu", "7"}});
    MockRuntime runtime(digits());
    ASSERT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
    ASSERT_EQ(runtime.allocate(), abi::kTfLiteOk);
    for (unsigned run = 0; run < 3; ++run) {
      runtime.set_input(0, expected.input(run));
      ASSERT_EQ(runtime.invoke(), abi::kTfLiteOk) << runtime.errors();
      const auto output = runtime.output(0);
      wanted.insert(wanted.end(), output.begin(), output.end());
      const auto begun = read_npz(path);
      ASSERT_TRUE(begun);
      EXPECT_EQ(begun->begin()->second.spec.shape[0], run == 0 ? 1 : 2);  // the third comes at the end
    }
  }
  const auto trace = read_npz(path);
  ASSERT_TRUE(trace) << trace.error().message;
  const auto model = digits();
  const Graph& graph = model->main();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto found = trace->find(graph.spec(graph.nodes[i].outputs[0]).name);
    ASSERT_NE(found, trace->end()) << i;  // that of op 7 too: op 8 reads it
    EXPECT_EQ(found->second.spec.shape[0], 3) << i;
  }
  EXPECT_NE(trace->find(graph.spec(graph.inputs[0]).name), trace->end());
  EXPECT_EQ(trace->at(graph.spec(graph.outputs[0]).name).data, wanted);
}

TEST_F(Files, AReportComparesWhileTheApplicationRuns) {
  for (const char* ending : {"json", "csv", "html", "md", "xml"}) {
    const std::string path = file(std::string("report.") + ending);
    const OwnedDelegate delegate =
        make_delegate({{"compare", "tflite-2.9.1-arm64"}, {"report", path}, {"on_cpu", "7"}});
    ASSERT_NE(delegate, nullptr) << reported();
    Expected expected(digits(), placed());
    MockRuntime runtime(digits());
    ASSERT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
    ASSERT_EQ(runtime.allocate(), abi::kTfLiteOk);
    for (unsigned run = 0; run < 2; ++run) {
      runtime.set_input(0, expected.input(run));
      ASSERT_EQ(runtime.invoke(), abi::kTfLiteOk) << runtime.errors();
    }
    EXPECT_GT(read(path).size(), 100u) << path;
  }
}

TEST_F(Files, AReportBeginsAnewWithAnotherShape) {
  const std::string path = file("report.csv");
  MockRuntime runtime(resizable());
  OwnedDelegate delegate = make_delegate({{"compare", "tflite-2.9.1-arm64"}, {"report", path}});
  ASSERT_EQ(runtime.apply(delegate.get()), abi::kTfLiteOk);
  for (const int batch : {1, 3}) {
    runtime.resize_input(0, {batch, 4, 4, 2});
    ASSERT_EQ(runtime.allocate(), abi::kTfLiteOk) << runtime.errors();
    for (int run = 0; run < 2; ++run) ASSERT_EQ(runtime.invoke(), abi::kTfLiteOk) << runtime.errors();
  }
  delegate.reset();
  // A row holds the elements of all runs: of the last shape alone.
  EXPECT_THAT(read(path), HasSubstr(R"("[3,4,4,3]",288,)"));
}

TEST_F(Files, WhatCannotBeWrittenIsSaidAndTheRunGoesOn) {
  const OwnedDelegate delegate = make_delegate(
      {{"trace", file("no/such/trace.npz")}, {"compare", "vip-v7"}, {"report", file("no/such/report.json")}});
  Expected expected(digits(), placed());
  const auto input = expected.input(1);
  EXPECT_EQ(run_delegated(digits(), delegate, input), expected.run(input));
}

}  // namespace
}  // namespace nputwin::test
