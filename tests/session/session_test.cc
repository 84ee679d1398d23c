#include "session/session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "sides/input_source.h"
#include "support/model_builder.h"
#include "support/paths.h"

namespace {
thread_local long allocations = 0;
}

// Counts what the code under test allocates. Sanitizers bring their own operators.
#ifndef NPUTWIN_SANITIZED
#define NPUTWIN_COUNTS_ALLOCATIONS 1
// Not inlined: the compiler would see a free() of what operator new gave.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#else
#define NPUTWIN_COUNTS_ALLOCATIONS 0
#endif

namespace nputwin::test::session_test {
namespace {

Session session(const char* model, const char* profile, int threads = 1) {
  SessionOptions options;
  options.threads = threads;
  auto read = read_tflite(source_path("models/") + model);
  return Session::prepare(read.value(), find_profile(profile).value(), options).value();
}

Sample noise(const Session& s) {
  const std::vector<TensorSpec> specs{s.input_spec(0)};
  const std::vector<InputArgument> source{"noise:1"};
  return make_inputs(specs, source).value().sample(0).value();
}

TEST(Session, SiblingsShareKernelsAndRunApart) {
  for (const char* model : {"digits_embed20_i8.tflite", "digits_depthwise_i8.tflite"}) {
    Session first = session(model, "vip-v8", 2);
    const Sample sample = noise(first);
    ASSERT_TRUE(first.set_inputs(sample));
    ASSERT_TRUE(first.run());
    const std::vector<std::byte> expected(first.output(0).bytes.begin(), first.output(0).bytes.end());
    Session second = first.sibling(1).value();
    EXPECT_EQ(second.threads(), 1);
    EXPECT_EQ(second.kernel(0), first.kernel(0));
    EXPECT_NE(second.output(0).bytes.data(), first.output(0).bytes.data());
    ASSERT_TRUE(second.run());  // on other inputs
    EXPECT_TRUE(std::ranges::equal(first.output(0).bytes, expected));
    ASSERT_TRUE(second.set_inputs(sample));
    ASSERT_TRUE(second.run());
    EXPECT_TRUE(std::ranges::equal(second.output(0).bytes, expected));
  }
}

TEST(Session, RunningAllocatesNothing) {
  if (NPUTWIN_COUNTS_ALLOCATIONS == 0) GTEST_SKIP() << "the sanitizer counts for itself";
  for (const char* model : {"digits_embed20_i8.tflite", "digits_embed20_u8.tflite", "digits_embed20_float_io.tflite"}) {
    Session s = session(model, "vip-v8");
    ASSERT_TRUE(s.set_inputs(noise(s)));
    EXPECT_TRUE(s.run());
    const long before = allocations;
    EXPECT_TRUE(s.run());
    EXPECT_EQ(allocations, before) << model;
  }
}

class Recorder final : public Observer {
 public:
  void on_node(NodeId node, std::span<const TensorView> outputs) override {
    EXPECT_EQ(node, NodeId(seen++));
    bytes.emplace_back(outputs[0].bytes.begin(), outputs[0].bytes.end());
  }
  std::size_t seen = 0;
  std::vector<std::vector<std::byte>> bytes;
};

TEST(Session, ObserversSeeEveryOpInOrderAndASecondRunRepeatsTheFirst) {
  Session s = session("digits_embed20_i8.tflite", "tflite-2.9.1-arm64");
  ASSERT_TRUE(s.set_inputs(noise(s)));
  Recorder first, second;
  EXPECT_TRUE(s.run(&first));
  EXPECT_TRUE(s.run(&second));
  EXPECT_EQ(first.seen, 20U);
  EXPECT_EQ(first.bytes, second.bytes);
  EXPECT_EQ(first.bytes.back(), std::vector<std::byte>(s.output(0).bytes.begin(), s.output(0).bytes.end()));
}

TEST(Session, TwoProfilesLiveSideBySide) {
  Session a = session("digits_embed20_i8.tflite", "tflite-2.9.1-arm64"),
          b = session("digits_embed20_i8.tflite", "vip-v8", 2);
  ASSERT_TRUE(a.set_inputs(noise(a)));
  ASSERT_TRUE(b.set_inputs(noise(b)));
  EXPECT_TRUE(a.run() && b.run() && a.run());
  EXPECT_FALSE(std::ranges::equal(a.output(0).bytes, b.output(0).bytes));
}

TEST(Session, InputsMustFit) {
  Session s = session("digits_embed20_i8.tflite", "vip-v8");
  TensorSpec wrong = s.input_spec(0);
  const std::vector<std::byte> few(10);
  EXPECT_FALSE(s.set_input(0, {&wrong, few}));
  wrong.type = DType::kUInt8;
  const std::vector<std::byte> enough(64);
  EXPECT_FALSE(s.set_input(0, {&wrong, enough}));
}

TEST(Session, CoverageNamesAllThatKeepsAModelFromRunning) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 4}, 1, 0), y = b.tensor("y", DType::kInt8, {1, 4}, 1, 0),
            z = b.tensor("z", DType::kInt8, {1, 4}, 1, 0);
  const int u = b.tensor("u", DType::kInt8, {1, 4}, 1, 0);
  b.op("SIN", {x}, {y});
  b.op("RELU", {y}, {z});  // unknown because of SIN: not blamed
  b.op("COS", {x}, {u});
  b.inputs({x}), b.outputs({z, u});
  const auto list = Session::coverage(*b.read(), find_profile("vip-v8").value()).value();
  ASSERT_EQ(list.size(), 3U);
  EXPECT_FALSE(list[0].unsupported.empty());
  EXPECT_TRUE(list[1].unsupported.empty() && list[1].unreached);
  EXPECT_FALSE(list[2].unsupported.empty());
}

}  // namespace
}  // namespace nputwin::test::session_test
