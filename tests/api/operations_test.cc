// What a verb does, as functions.

#include <gtest/gtest.h>

#include <filesystem>

#include "api/bisect.h"
#include "api/characterise.h"
#include "api/command_text.h"
#include "api/cut.h"
#include "api/explain.h"
#include "api/inspect.h"
#include "api/profiles.h"
#include "api/report.h"
#include "api/run.h"
#include "api/selfcheck.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/temporary_folder.h"
#include "support/paths.h"

namespace nputwin::api::operations_test {
namespace {

const std::string kModel = source_path("models/digits_embed20_i8.tflite");
const std::string kDigits = source_path("models/digits_int8.npy");

DiffOptions digits(const std::string& a = "tflite-2.9.1-arm64", const std::string& b = "vip-v8") {
  return {kModel, a, b, {kDigits}, {}, {}, false, ""};
}

TEST(Run, KeepsWhatWasAskedFor) {
  const RunResult plain = run({kModel, "vip-v8", {"noise:1"}, {}, false, false, ""}).value();
  ASSERT_EQ(plain.outputs.size(), 1U);
  EXPECT_EQ(plain.profile, "vip-v8");
  EXPECT_EQ(plain.tensors.size(), 1U);
  EXPECT_TRUE(plain.hashes.empty());
  std::size_t done = 0;
  Callbacks callbacks;
  callbacks.progress = [&](std::size_t at, std::size_t all) {
    EXPECT_EQ(at, ++done);
    EXPECT_EQ(all, 20U);
  };
  const RunResult all = run({kModel, "vip-v8", {"noise:1"}, {}, true, true, ""}, callbacks).value();
  EXPECT_EQ(done, 20U);
  EXPECT_EQ(all.tensors.size(), 20U);
  ASSERT_EQ(all.hashes.size(), 20U);
  EXPECT_EQ(all.hashes.back().second, tensor_hash(plain.outputs[0].data));
  EXPECT_FALSE(run({kModel, "vip-v8", {kDigits}, {}, false, false, ""}));  // 40 samples
}

TEST(Diff, ComparesAPartOfTheSamples) {
  DiffOptions options = digits();
  options.samples = SampleRange{3, 5};
  const Diffed part = diff(options).value();
  EXPECT_EQ(part.result.samples, 2U);
  EXPECT_EQ(part.all, 40U);
  EXPECT_FALSE(part.stopped);
  const LayerDiff& last = part.result.layers.back();
  EXPECT_GE(last.accumulated.first_mismatch().value(), 3 * 32);  // counted over all samples
  for (const SampleRange wrong : {SampleRange{3, 3}, {5, 4}, {0, 41}}) {
    options.samples = wrong;
    EXPECT_FALSE(diff(options)) << wrong.first << ":" << wrong.last;
  }
}

TEST(Diff, IsStopped) {
  Callbacks callbacks;
  int asked = 0;
  callbacks.stop = [&] { return ++asked > 3; };
  const Diffed stopped = diff(digits(), callbacks).value();
  EXPECT_TRUE(stopped.stopped);
  EXPECT_EQ(stopped.result.samples, 3U);
  EXPECT_EQ(stopped.samples.last, 3U);
}

TEST(Diff, EndsWithAnExplanation) {
  DiffOptions options = digits();
  options.sides.session.input_shapes["serving default:0"] = {1, 8, 8, 1};
  options.samples = SampleRange{7, 8};
  const Diffed found = diff(digits()).value();
  const std::string command = explain_command(options, found.result);
  EXPECT_EQ(command.find("nputwin explain " + kModel + " --a tflite-2.9.1-arm64 --b vip-v8 --input "), 0U) << command;
  EXPECT_NE(command.find(" --shape 'serving default:0=1x8x8x1'"), std::string::npos) << command;
  EXPECT_EQ(explain_command(digits(), diff(digits("vip-v8", "vip-v8")).value().result), "");
}

TEST(Explain, OneElement) {
  ExplainOptions options{source_path("models/conv_3x3_same_i8.tflite"),
                         "tflite-2.9.1-arm64",
                         "vip-v8",
                         {"noise:1"},
                         {},
                         "0",
                         0,
                         {0, 7, 6, 0},
                         0,
                         ""};
  EXPECT_EQ(explain(options).value().cause, Cause::kSecondRounding);
  options.layer = "nobody";
  EXPECT_NE(explain(options).error().message.find("no op's output is called 'nobody'"), std::string::npos);
  options.layer = "0";
  options.index = {0, 16, 0, 0};
  EXPECT_FALSE(explain(options));
}

TEST(Characterise, WithAndWithoutInputs) {
  CharacteriseOptions options{kModel, "tflite-2.9.1-arm64", "vip-v8", {}, {}, ""};
  const Characterised possible = characterise(options).value();
  EXPECT_EQ(possible.samples, 0U);
  EXPECT_EQ(possible.layers.size(), 20U);
  options.inputs = {kDigits};
  Callbacks callbacks;
  callbacks.stop = [asked = 0]() mutable { return ++asked > 2; };
  const Characterised stopped = characterise(options, callbacks).value();
  EXPECT_TRUE(stopped.stopped);
  EXPECT_EQ(stopped.samples, 2U);
  EXPECT_EQ(stopped.layers[0].elements, 2 * possible.layers[0].elements + 2 * 8 * 8 * 16);
}

TEST(Cut, WritesWholeFilesUntilItIsStopped) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  Callbacks callbacks;
  callbacks.stop = [asked = 0]() mutable { return ++asked > 2; };
  const CutResult cut = api::cut({kModel, folder / "parts", true, "", "", {}}, callbacks).value();
  EXPECT_EQ(cut.planned, 20U);
  ASSERT_EQ(cut.written.size(), 2U);
  EXPECT_TRUE(inspect({cut.written[1].file, "vip-v8", {}}).value().coverage.size() == 2);
  EXPECT_FALSE(api::cut({kModel, folder / "parts", true, "", "3", {}}));
}

TEST(Bisect, FindsAndWrites) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  BisectOptions options{digits(), "mismatch>0.1%", false, folder / "part"};
  const BisectResult result = bisect(options).value();
  ASSERT_TRUE(result.found);
  EXPECT_EQ(result.samples, 40U);
  EXPECT_GT(result.found->part.mismatches, 0);
  const std::string sides = " --a tflite-2.9.1-arm64 --b vip-v8 --input ";
  EXPECT_EQ(result.found->diff_command,
            "nputwin diff " + (folder / "part/model.tflite") + sides + (folder / "part/input.npz"));
  options.limit = "largest>100";
  options.folder = folder / "none";
  EXPECT_FALSE(bisect(options).value().found);
  EXPECT_FALSE(std::filesystem::exists(options.folder));
  options.diff.a = "runtime:python3";
  EXPECT_NE(bisect(options).error().message.find("a recording cannot run a part of a model"), std::string::npos);
}

TEST(Report, WritesItsFormat) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  ReportOptions options{digits(), "", folder / "report.md", {"mismatch>30%"}, "", "7.8"};
  const report::Report report = api::report(options).value();
  EXPECT_EQ(report.version, "7.8");
  EXPECT_TRUE(report.result.layers[0].expected);
  EXPECT_NE(report.command.find(" --fail-if 'mismatch>30%' -o "), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(options.output));
  options.format = "markdwn";
  EXPECT_NE(api::report(options).error().message.find("did you mean 'markdown'?"), std::string::npos);
  options.format = "";
  options.output = folder / "report.unknown";
  EXPECT_FALSE(api::report(options));
  options.output = folder / "stopped.md";
  Callbacks callbacks;
  callbacks.stop = [] { return true; };
  EXPECT_FALSE(api::report(options, callbacks));
  EXPECT_FALSE(std::filesystem::exists(options.output));
}

TEST(Selfcheck, NeedsARuntime) {
  SelfcheckOptions options;
  options.model = kModel;
  options.python = "/nonexistent/python";
  options.inputs = {"noise:1"};
  const auto check = selfcheck(options);
  ASSERT_FALSE(check);
  EXPECT_NE(check.error().message.find("/nonexistent/python on "), std::string::npos) << check.error().message;
}

TEST(Profiles, AreCompared) {
  EXPECT_FALSE(api::compare_profiles("vip-v8", "vip-v8", {1, 1}).value().differs());
  const auto unknown = api::compare_profiles("vip-v8", "vipv8", {1, 1});
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find(" (did you mean 'vip-v8'?)"), std::string::npos) << unknown.error().message;
}

}  // namespace
}  // namespace nputwin::api::operations_test
