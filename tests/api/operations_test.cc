// What a verb does, as functions.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "api/bisect.h"
#include "api/characterise.h"
#include "api/command_text.h"
#include "api/cut.h"
#include "api/explain.h"
#include "api/inspect.h"
#include "api/profiles.h"
#include "api/provenance.h"
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
  ASSERT_EQ(all.hashes.size(), 1U);
  ASSERT_EQ(all.hashes[0].size(), 20U);
  EXPECT_EQ(all.hashes[0].back().second, tensor_hash(plain.outputs[0].data));
}

// It took one sample.
TEST(Run, StacksManySamples) {
  const RunResult all = run({kModel, "vip-v8", {"noise:4..6"}, {}, true, true, ""}).value();
  EXPECT_EQ(all.samples, 3U);
  EXPECT_EQ(all.outputs[0].spec.shape, (Shape{3, 1, 1, 32}));
  EXPECT_EQ(all.output_specs[0].shape, (Shape{1, 1, 1, 32}));
  EXPECT_EQ(all.tensors.size(), 20U);
  for (std::size_t n = 0; n < 3; ++n) {
    const RunResult one = run({kModel, "vip-v8", {fmt::format("noise:{}", 4 + n)}, {}, false, true, ""}).value();
    EXPECT_TRUE(std::ranges::equal(all.outputs_of(n)[0].bytes, one.outputs[0].data)) << n;
    EXPECT_EQ(all.hashes[n], one.hashes[0]) << n;
  }
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

ReportOptions written(const std::vector<std::string>& outputs) {
  ReportOptions options;
  options.diff = digits();
  options.verb = "report";
  options.outputs = outputs;
  options.version = "7.8";
  return options;
}

TEST(Report, WritesItsFormats) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  ReportOptions options = written({folder / "report.md", folder / "report.xml"});
  options.fail_if = {"mismatch>30%"};
  const report::Report report = api::report(options).value().report;
  EXPECT_EQ(report.version, "7.8");
  ASSERT_EQ(report.explain_layers.size(), report.result.layers.size());
  EXPECT_EQ(report.explain_layers[0], report.explain);
  EXPECT_NE(report.explain_layers[11].find(" --layer 11 --index "), std::string::npos) << report.explain_layers[11];
  EXPECT_EQ(report.explain_layers[19], "");  // its isolated values are equal
  EXPECT_TRUE(report.result.layers[0].expected);
  EXPECT_NE(report.command.find(" --fail-if 'mismatch>30%' -o "), std::string::npos);
  for (const std::string& output : options.outputs) EXPECT_TRUE(std::filesystem::exists(output)) << output;
  EXPECT_EQ(report.result.seconds.size(), 20U);
  EXPECT_GT(report.result.seconds[3], 0);
}

TEST(Report, MistakesAreToldBeforeTheWork) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  Callbacks callbacks;
  callbacks.progress = [](std::size_t, std::size_t) { ADD_FAILURE() << "the work began"; };
  const auto refused = [&](const ReportOptions& options) {
    const auto done = api::report(options, callbacks);
    return done ? "" : done.error().message;
  };
  ReportOptions options = written({folder / "report.md"});
  options.format = "markdwn";
  EXPECT_NE(refused(options).find("did you mean 'markdown'?"), std::string::npos);
  EXPECT_NE(refused(written({folder / "report.unknown"})).find("the ending names no report format"), std::string::npos);
  EXPECT_NE(refused(written({folder / "r.md", folder / "r.md"})).find("stands there twice"), std::string::npos);
  options = written({folder / "r.md", folder / "r.csv"});
  options.format = "junit";
  EXPECT_NE(refused(options).find("names another format"), std::string::npos);
  options = written({folder / "report.md"});
  options.fail_if = {"layer:20:largest>2"};
  EXPECT_NE(refused(options).find("--fail-if layer:20:largest>2: there is no op 20"), std::string::npos);
  options.fail_if = {"output:'StatefulPartitionedCall_1':mismatch>0"};
  EXPECT_NE(refused(options).find("(did you mean 'StatefulPartitionedCall_1:0'?)"), std::string::npos);
  options.fail_if = {"mismatch>1"};
  EXPECT_NE(refused(options).find("did you mean 'mismatch>1%'?"), std::string::npos);
  options.fail_if = {};
  options.baseline = kModel;
  EXPECT_NE(refused(options).find("is not valid JSON"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(folder / ""));
}

TEST(Report, WritesNothingWhereItIsStopped) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  Callbacks callbacks;
  callbacks.stop = [] { return true; };
  EXPECT_TRUE(api::report(written({folder / "stopped.md"}), callbacks).value().stopped);
  EXPECT_FALSE(std::filesystem::exists(folder / "stopped.md"));
}

TEST(Provenance, TakesASourceApart) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const std::string file = folder / "a,b=c.png", hash = sha256_hex(std::as_bytes(std::span(std::string_view("x"))));
  ASSERT_TRUE(write_file_whole(file, "x"));
  const auto source = [](const std::string& text) { return hashed_source(text).value(); };
  EXPECT_EQ(source(file), (report::InputSource{file, hash, ""}));
  EXPECT_EQ(source("in=0=" + file + ",mean=1,std=2").settings, "in=0=,mean=1,std=2");
  EXPECT_EQ(source("photo:" + file), (report::InputSource{"photo:" + file, hash, "photo:"}));
  for (const char* generated : {"noise:1..9", "ramp", "in0=zeros"})
    EXPECT_EQ(source(generated), (report::InputSource{generated, "", ""}));
  const report::InputSource all = source(folder / "");
  EXPECT_EQ(all.sha256.size(), 64U);
  ASSERT_TRUE(write_file_whole(folder / ".hidden", "x"));
  EXPECT_EQ(source(folder / "").sha256, all.sha256);
  ASSERT_TRUE(write_file_whole(folder / "d.png", "x"));
  EXPECT_NE(source(folder / "").sha256, all.sha256);
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
