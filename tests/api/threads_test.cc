// Many samples at once: the same bytes at any count of threads, and callbacks on the caller's thread alone.

#include <gtest/gtest.h>

#include <thread>

#include "api/characterise.h"
#include "api/diff.h"
#include "api/partial.h"
#include "api/run.h"
#include "base/file.h"
#include "base/temporary_folder.h"
#include "report/characterise_report.h"
#include "report/diff_report.h"
#include "support/paths.h"

namespace nputwin::api::threads_test {
namespace {

const std::string kModel = source_path("models/digits_embed20_i8.tflite");
const std::vector<InputArgument> kDigits{source_path("models/digits_int8.npy")};

SessionOptions with(int threads) {
  SessionOptions options;
  options.threads = threads;
  return options;
}

DiffOptions digits(int threads, const std::string& b = "vip-v8") {
  DiffOptions options{kModel, "tflite-2.9.1-arm64", b, kDigits, {}, SampleRange{1, 30}, true, ""};
  options.sides.session = with(threads);
  return options;
}

std::string written(const DiffOptions& options, const Diffed& diffed) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  EXPECT_TRUE(write_partial(folder / "part.json", make_partial(options, diffed).value()));
  const auto file = read_file(folder / "part.json").value();
  return {reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()};
}

TEST(Threads, DiffGivesTheSameBytes) {
  for (const char* b : {"vip-v8", "vip-v8{multiplier_bits=4}", "tflite-2.11-arm64"}) {
    const Diffed one = diff(digits(1, b)).value();
    const std::string json = report::diff_json(one.result, {}), part = written(digits(1, b), one);
    for (const int threads : {2, 7}) {
      const Diffed many = diff(digits(threads, b)).value();
      EXPECT_EQ(many.result.samples, 29U);
      EXPECT_EQ(report::diff_json(many.result, {}), json) << b << " " << threads;
      EXPECT_EQ(written(digits(1, b), many), part) << b << " " << threads;
      EXPECT_EQ(many.result.seconds.size(), one.result.seconds.size());
    }
  }
}

TEST(Threads, BoundsAreTheSame) {
  DiffOptions options = digits(1);
  options.bound = true;
  const std::string one = report::diff_json(diff(options).value().result, {});
  options.sides.session = with(7);
  EXPECT_EQ(report::diff_json(diff(options).value().result, {}), one);
}

TEST(Threads, RunGivesTheSameBytes) {
  const auto run_on = [](int threads) {
    return run({kModel, "vip-v8", kDigits, with(threads), true, true, ""}).value();
  };
  const RunResult one = run_on(1);
  for (const int threads : {2, 7}) {
    const RunResult many = run_on(threads);
    EXPECT_EQ(many.samples, one.samples);
    EXPECT_EQ(many.hashes, one.hashes);
    EXPECT_EQ(many.outputs[0].data, one.outputs[0].data);
    ASSERT_EQ(many.tensors.size(), one.tensors.size());
    for (const auto& [name, tensor] : one.tensors) EXPECT_EQ(many.tensors.find(name)->second.data, tensor.data) << name;
  }
}

TEST(Threads, CharacteriseGivesTheSameBytes) {
  const auto text_on = [](int threads) {
    const Characterised made =
        characterise({kModel, "tflite-2.9.1-arm64", "vip-v8", {"noise:1..9"}, with(threads), ""}).value();
    return report::character_json(made.layers, made.a, made.b, made.samples);
  };
  const std::string one = text_on(1);
  for (const int threads : {2, 7}) EXPECT_EQ(text_on(threads), one) << threads;
}

TEST(Threads, OnlyTheCallerIsTold) {
  const auto caller = std::this_thread::get_id();
  std::size_t last = 0;
  Callbacks callbacks;
  callbacks.progress = [&](std::size_t done, std::size_t all) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_GE(done, last);
    EXPECT_EQ(all, 29U * 20);
    last = done;
  };
  callbacks.stop = [&] {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    return false;
  };
  callbacks.note = [&](const std::string&) { EXPECT_EQ(std::this_thread::get_id(), caller); };
  DiffOptions options = digits(3);
  options.expectations = false;
  ASSERT_TRUE(diff(options, callbacks));
  EXPECT_EQ(last, 29U * 20);
}

TEST(Threads, AStopLeavesTheFirstSamples) {
  Callbacks callbacks;
  int asked = 0;
  callbacks.stop = [&] { return ++asked > 2; };
  const DiffOptions options = digits(3);
  const Diffed some = diff(options, callbacks).value();
  EXPECT_TRUE(some.stopped);
  ASSERT_GT(some.result.samples, 0U);
  DiffOptions same = digits(1);
  same.samples = some.samples;
  same.expectations = false;
  DiffResult without = some.result;
  for (LayerDiff& layer : without.layers) layer.expected.reset();
  DiffResult expected = diff(same).value().result;
  // What is looked for after the last sample is left out of a stopped comparison.
  for (std::size_t i = 0; i < expected.layers.size(); ++i) expected.layers[i].movement = without.layers[i].movement;
  expected.advice.clear();
  EXPECT_EQ(report::diff_json(without, {}), report::diff_json(expected, {}));
}

}  // namespace
}  // namespace nputwin::api::threads_test
