// Gates over results made by hand: a model's outputs, their classes, baselines, what JUnit says of them.

#include "report/gate.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "io/json.h"
#include "report/diff_report.h"

namespace nputwin::report::gate_test {
namespace {

DifferenceStats codes(const std::vector<std::int8_t>& a, const std::vector<std::int8_t>& b) {
  const TensorSpec spec{"t", DType::kInt8, {static_cast<std::int32_t>(a.size())}, {{1.0F}, {0}, 0}};
  DifferenceStats stats;
  stats.add({&spec, std::as_bytes(std::span(a))}, {&spec, std::as_bytes(std::span(b))}, 0);
  return stats;
}

/// A layer that differs by itself, and two outputs: scores of classes, which differ once that has come through, and
/// values with a name that XML cannot hold.
Report report(const std::vector<std::string>& conditions, const ClassAgreement& agreement = {200, 197, 200, true}) {
  Report report;
  DiffResult& r = report.result;
  r.model = "model.tflite";
  r.a = "cpu";
  r.b = "npu";
  r.samples = 1;
  const auto add = [&](std::size_t op, const char* type, const char* name, std::int8_t isolated, std::int8_t end) {
    LayerDiff& layer = r.layers.emplace_back();
    layer.node = op;
    layer.op = type;
    layer.name = name;
    layer.shape = {2};
    layer.isolated = codes({1, 2}, {1, isolated});
    layer.accumulated = codes({1, 2}, {1, end});
  };
  add(0, "CONV_2D", "", 3, 3);
  add(1, "SOFTMAX", "scores", 2, 5);
  add(2, "ADD", "line 1\nbell \a <&>\"", 2, 2);
  add(3, "CONV_2D", "", 2, 4);
  r.seconds = {0.5, 0.25, 0.125, 0};
  r.outputs.resize(2);
  r.outputs[0].name = "scores";
  r.outputs[0].layer = 1;
  r.outputs[0].kind = OutputKind::kClasses;
  r.outputs[0].agreement = agreement;
  r.outputs[1].name = r.layers[2].name;
  r.outputs[1].layer = 2;
  for (const std::string& text : conditions) report.fail_if.push_back(Condition::parse(text).value());
  report.explain = "nputwin explain first";
  report.explain_layers = {"nputwin explain first", "", "", ""};
  return report;
}

std::string lines(const Report& of) { return gate_text(judge(of)); }

TEST(Gate, OutputsHaveClasses) {
  EXPECT_EQ(lines(report({"output:top1<99%", "output:top5<100%"})),
            "failed: output:top1<99%: output 'scores': top1 98.5 %\n"
            "passed: output:top5<100%: 1 looked at, nearest output 'scores': top5 100 %\n");
  EXPECT_EQ(lines(report({"output:largest>2", "isolated:output:mismatch>0"})),
            "failed: output:largest>2: output 'scores': largest 3\n"
            "passed: isolated:output:mismatch>0: 2 looked at, nearest output 'scores': mismatch 0 %\n");
  const Report nothing = report({"output:top5<99%"}, {200, 197, 200, false});
  EXPECT_EQ(lines(nothing), "");
  EXPECT_NE(check_gate(judge(nothing)).error().message.find("a gate that cannot fail is none"), std::string::npos);
}

TEST(Gate, LayersWithoutANameAreToldApartByTheirOrder) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const std::string path = folder / "before.json";
  Report now = report({"mismatch>0", "largest>0"});
  ASSERT_TRUE(write_file_whole(path, diff_json(now.result, now)));
  now.baseline = Baseline::read(path).value();
  EXPECT_TRUE(failures(now).empty());
  now.result.layers[0].accumulated = codes({1, 2}, {1, 4});  // as large as op 3's, which had that before
  const auto failed = failures(now);
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].place.layer, &now.result.layers[0]);
  EXPECT_EQ(failed[0].found(), "largest 2, 1 in the baseline");
}

TEST(Gate, FiguresOfABaselineAreThoseOfItsResult) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const std::string path = folder / "before.json";
  Report now = report({});
  now.result.layers[3].accumulated = codes({1, 2}, {0, 0});  // whose cosine is undefined
  ASSERT_TRUE(write_file_whole(path, diff_json(now.result, now)));
  const Baseline baseline = Baseline::read(path).value();
  for (const Metric metric : {Metric::kMismatch, Metric::kLargest, Metric::kBias, Metric::kStd, Metric::kMae,
                              Metric::kMse, Metric::kRmse, Metric::kSqnr, Metric::kPsnr, Metric::kCosine}) {
    for (const char* scope : {"", "isolated:"}) {
      const Condition condition = Condition::parse(fmt::format("{}{}>0.5", scope, name(metric))).value();
      const auto places = condition.look(now.result).value();
      ASSERT_EQ(places.size(), 4U);
      for (const Condition::Place& place : places) {
        const auto before = baseline.before(condition, place, now.result);
        ASSERT_TRUE(before) << condition.text();
        EXPECT_TRUE(*before == place.value || (std::isnan(*before) && std::isnan(place.value)))
            << condition.text() << " of op " << place.layer->node.index << ": " << *before << ", " << place.value;
      }
    }
  }
}

TEST(Gate, ClassesOfABaseline) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const std::string path = folder / "before.json";
  const Report before = report({});
  ASSERT_TRUE(write_file_whole(path, diff_json(before.result, before)));
  for (const auto& [agreeing, lines_now] :
       {std::pair(197,
                  "passed: output:top1<99%: 1 looked at, nearest output 'scores': top1 98.5 %, no worse than in the "
                  "baseline\n"),
        std::pair(196, "failed: output:top1<99%: output 'scores': top1 98 %, 98.5 % in the baseline\n")}) {
    Report now = report({"output:top1<99%"}, {200, agreeing, 200, true});
    now.baseline = Baseline::read(path).value();
    EXPECT_EQ(lines(now), lines_now);
  }
}

TEST(JUnit, HasASuiteForOutputs) {
  const Report of = report({"layer:3:largest>1", "output:top1<99%"});
  const std::string xml = find_format("junit")->write(of).front().content;
  const auto has = [&](const char* text) { return xml.find(text) != std::string::npos; };
  EXPECT_TRUE(has("<testsuite name=\"conditions\" tests=\"2\" failures=\"2\" errors=\"0\"")) << xml;
  EXPECT_TRUE(has("<testsuite name=\"outputs\" tests=\"2\" failures=\"1\" errors=\"0\"")) << xml;
  EXPECT_TRUE(has("<testsuite name=\"layers\" tests=\"4\" failures=\"2\" errors=\"0\" time=\"0.875000\"")) << xml;
  EXPECT_TRUE(
      has("name=\"output scores\" time=\"0.000000\">\n      <failure message=\"output:top1&lt;99%: top1 98.5 %\""));
  EXPECT_TRUE(has("<system-out>nputwin explain first</system-out>"));
  EXPECT_TRUE(has("bell ? &lt;&amp;&gt;&quot;"));
  EXPECT_EQ(xml.find('\a'), std::string::npos);
}

}  // namespace
}  // namespace nputwin::report::gate_test
