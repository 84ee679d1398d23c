#include "session/placement/placement.h"

#include <gtest/gtest.h>

#include <functional>

#include "profile/variant.h"
#include "support/model_builder.h"

namespace nputwin::test::placement_test {
namespace {

/// x -> RELU -> TILE -> RELU, and beside it x -> RELU: TILE is not the delegate's.
std::shared_ptr<const Model> chain() {
  ModelBuilder b;
  const auto codes = [&](const char* name) { return b.tensor(name, DType::kInt8, {1, 4}, 0.5F, 0); };
  const int x = codes("x"), first = codes("first"), tiled = codes("tiled"), last = codes("last"),
            other = codes("other");
  const int once = b.constant<std::int32_t>("once", {2}, {1, 1});
  b.op("RELU", {x}, {first});
  b.op("TILE", {first, once}, {tiled});
  b.op("RELU", {tiled}, {last});
  b.op("RELU", {x}, {other});
  b.inputs({x}), b.outputs({last, other});
  return b.read();
}

std::vector<NodeCoverage> coverage(const char* profile, std::vector<std::string> on_cpu = {}) {
  SessionOptions options;
  options.on_cpu = std::move(on_cpu);
  return Session::coverage(*chain(), resolve_profile(profile).value(), options).value();
}

TEST(Placement, TheDelegateTakesWhatItKnowsAndTheRuntimeTheRest) {
  const auto c = coverage("vx(vip-v8)+tflite-2.9.1-arm64");
  EXPECT_EQ(c[0].profile, "vx(vip-v8)+tflite-2.9.1-arm64");
  EXPECT_EQ(c[0].delegate, Delegate::kVx);
  EXPECT_EQ(c[0].rejection, "");
  EXPECT_EQ(c[1].profile, "tflite-2.9.1-arm64-builtin") << "XNNPACK of 2.9.1 takes binary32 alone";
  EXPECT_EQ(c[1].delegate, Delegate::kNone);
  EXPECT_EQ(c[1].rejection, "the VX delegate of VeriSilicon 2025-01 does not support TILE");
}

TEST(Placement, ReleasesHaveNames) {
  for (const VxRelease& release : kVxReleases) {
    const std::string text = std::string(release.name) + "(vip-v8)+tflite-2.9.1-arm64";
    const auto c = coverage(text.c_str());
    EXPECT_EQ(name(c[0].delegate), release.name);
    EXPECT_EQ(c[0].profile, text);
    EXPECT_EQ(c[1].rejection, fmt::format("the VX delegate of {} does not support TILE", release.title));
  }
}

TEST(Placement, WhatTheDelegateLeavesMayGoToXnnpack) {
  const auto c = coverage("vx(vip-v8)+litert-2.1-arm64", {"TANH", "RELU", "0"});
  EXPECT_EQ(c[0].rejection, "--on-cpu RELU");
  EXPECT_EQ(c[1].profile, "litert-2.1-arm64-builtin");
}

TEST(Placement, PatternsAreOpsIndicesAndTensors) {
  const auto left = [](const char* pattern) {
    std::vector<bool> result;
    for (const auto& c : coverage("vx(vip-v8)+tflite-2.9.1-arm64", {pattern})) result.push_back(!c.rejection.empty());
    return result;
  };
  EXPECT_EQ(left("RE*"), (std::vector<bool>{true, true, true, true}));
  EXPECT_EQ(left("2"), (std::vector<bool>{false, true, true, false}));
  EXPECT_EQ(left("oth?r"), (std::vector<bool>{false, true, false, true}));
}

TEST(Placement, WithoutADelegateNothingCanStay) {
  SessionOptions options;
  options.on_cpu = {"RELU"};
  const auto c = Session::coverage(*chain(), find_profile("vip-v8").value(), options);
  ASSERT_FALSE(c);
  EXPECT_NE(c.error().message.find("--on-cpu RELU: profile 'vip-v8' is no placement, so no op can be moved to the CPU"),
            std::string::npos);
  // XNNPACK is no chip from which ops move to a CPU.
  EXPECT_FALSE(Session::coverage(*chain(), find_profile("litert-2.3-x86").value(), options));
}

TEST(Placement, APatternThatMatchesNothingIsAnError) {
  const auto problem = [](const char* pattern) {
    SessionOptions options;
    options.on_cpu = {"RELU", pattern};
    const auto c = Session::coverage(*chain(), resolve_profile("vx(vip-v8)+tflite-2.9.1-arm64").value(), options);
    return c ? std::string() : c.error().message;
  };
  EXPECT_EQ(problem("tiled"), "");
  EXPECT_NE(problem("RELLU").find("--on-cpu RELLU: no op has that type, number or output name (did you mean 'RELU'?)"),
            std::string::npos);
  EXPECT_NE(problem("tilde").find("(did you mean 'tiled'?)"), std::string::npos);
  EXPECT_NE(problem("4").find("has ops 0 to 3"), std::string::npos);
  EXPECT_NE(problem("x").find("no op has"), std::string::npos) << "an input is no op's output";
}

TEST(Placement, RunsAsBothSidesSay) {
  // 2.5: up on the CPU, to even on the NPU.
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 2}, 0.5F, 0), y = b.tensor("y", DType::kInt8, {1, 2}, 1, 0);
  b.op("QUANTIZE", {x}, {y});
  b.inputs({x}), b.outputs({y});
  const auto model = b.read();
  const auto run = [&](const char* on_cpu) {
    SessionOptions options;
    if (on_cpu != nullptr) options.on_cpu = {on_cpu};
    auto session = Session::prepare(model, resolve_profile("vx(vip-v8)+tflite-2.14-x86-ref").value(), options).value();
    const auto codes = to_bytes<std::int8_t>({5, -5});
    EXPECT_TRUE(session.set_input(0, {&session.input_spec(0), codes}));
    EXPECT_TRUE(session.run());
    const auto out = session.output(0).as<std::int8_t>();
    return std::vector<int>(out.begin(), out.end());
  };
  EXPECT_EQ(run(nullptr), (std::vector<int>{2, -2}));
  EXPECT_EQ(run("QUANTIZE"), (std::vector<int>{3, -2}));
}

/// What XNNPACK leaves to the runtime's own kernels, as the runtime's delegate has it (tests/oracle/delegate_nodes.py).
TEST(Placement, XnnpackClaimsWhatTheRuntimeGivesIt) {
  const auto claims = [](const std::function<void(ModelBuilder&, int x)>& add, DType type = DType::kInt8) {
    ModelBuilder b;
    const int x = b.tensor("x", type, {1, 4, 4, 4}, type == DType::kFloat32 ? 0 : 0.5F, 0);
    b.inputs({x});
    add(b, x);
    b.outputs({b.graph().nodes.back().outputs[0]});
    const auto c = Session::coverage(*b.read(), find_profile("litert-2.3-x86").value()).value().at(0);
    EXPECT_EQ(c.unsupported, "");
    EXPECT_EQ(c.delegate == Delegate::kXnnpack, c.rejection.empty());
    return c.delegate == Delegate::kXnnpack;
  };
  const auto of_scale = [](ModelBuilder& b, float scale, DType type = DType::kInt8, Shape shape = {1, 4, 4, 4}) {
    return b.tensor("y" + std::to_string(b.graph().tensors.size()), type, shape, scale, 0);
  };
  const auto quantize = [&](DType type, float scale) {
    return [=](ModelBuilder& b, int x) { b.op("QUANTIZE", {x}, {of_scale(b, scale, type)}); };
  };
  EXPECT_TRUE(claims(quantize(DType::kInt8, 1)));
  EXPECT_FALSE(claims(quantize(DType::kUInt8, 1))) << "another type";
  EXPECT_FALSE(claims(quantize(DType::kInt8, 200))) << "below 1/256";
  const auto add = [&](float scale) {
    return [=](ModelBuilder& b, int x) { b.op("ADD", {x, x}, {of_scale(b, scale)}); };
  };
  EXPECT_TRUE(claims(add(1)));
  EXPECT_FALSE(claims(add(1000))) << "below 1/1024";
  const auto concatenation = [&](std::size_t count) {
    return [=](ModelBuilder& b, int x) {
      b.op("CONCATENATION", std::vector<int>(count, x),
           {of_scale(b, 0.5F, DType::kInt8, {static_cast<int>(count), 4, 4, 4})}, {{"axis", std::int64_t{0}}});
    };
  };
  EXPECT_TRUE(claims(concatenation(5)));
  EXPECT_FALSE(claims(concatenation(6)));
  const auto strided = [&](std::int64_t shrink, std::int32_t step) {
    return [=](ModelBuilder& b, int x) {
      const auto four = [&](const char* name, std::int32_t v) {
        return b.constant<std::int32_t>(name, {4}, std::vector<std::int32_t>(4, v));
      };
      const int rest = 4 / step;
      b.op("STRIDED_SLICE", {x, four("begin", 0), four("end", 4), four("step", step)},
           {of_scale(b, 0.5F, DType::kInt8, shrink != 0 ? Shape{4, 4, 4} : Shape{1, rest, rest, rest})},
           {{"shrink_axis_mask", shrink}});
    };
  };
  EXPECT_TRUE(claims(strided(0, 1)));
  EXPECT_FALSE(claims(strided(1, 1)));
  EXPECT_FALSE(claims(strided(0, 2)));
  const auto split = [&](int count) {
    return [=](ModelBuilder& b, int x) {
      std::vector<int> parts;
      for (int k = 0; k < count; ++k) parts.push_back(of_scale(b, 0.5F, DType::kInt8, {1, 4, 4, 4 / count}));
      b.op("SPLIT", {b.constant<std::int32_t>("axis", {}, {3}), x}, parts, {{"num_splits", std::int64_t{count}}});
    };
  };
  EXPECT_TRUE(claims(split(2)));
  EXPECT_FALSE(claims(split(1)));
  const auto sine = [](ModelBuilder& b, int x) { b.op("SIN", {x}, {b.tensor("y", DType::kFloat32, {1, 4, 4, 4})}); };
  EXPECT_TRUE(claims(sine, DType::kFloat32));
}

TEST(Placement, AFamilyOfWhichNothingIsKnownIsRefusedOrSubstituted) {
  const auto of = [](const char* profile) {
    ModelBuilder b;
    const int x = b.tensor("x", DType::kInt16, {1, 4}, 0.5F, 0), y = b.tensor("y", DType::kInt16, {1, 4}, 0.5F, 0);
    b.op("ADD", {x, x}, {y});
    b.inputs({x}), b.outputs({y});
    return Session::coverage(*b.read(), resolve_profile(profile).value()).value().at(0);
  };
  EXPECT_EQ(of("vip-v8").unsupported,
            "profile vip-v8 does not define int16. To borrow another profile's rule, write "
            "vip-v8{substitute.int16=OTHER}");
  const NodeCoverage c = of("vip-v8{substitute.int16=tflite-2.14-x86}");
  EXPECT_EQ(c.unsupported, "");
  EXPECT_EQ(c.profile, "tflite-2.14-x86");
  EXPECT_TRUE(c.overridden);
  EXPECT_FALSE(of("tflite-2.14-x86").overridden);
  EXPECT_EQ(of("vx(vip-v8)+tflite-2.14-x86").profile, "tflite-2.14-x86-builtin") << "no int16 output is the delegate's";
}

TEST(Placement, WrongOnesAreNamed) {
  const auto message = [](const char* text) {
    const auto p = resolve_profile(text);
    return p ? std::string("none") : p.error().message;
  };
  EXPECT_EQ(message("vy(vip-v8)+tflite-2.9.1-x86"),
            "'vy(vip-v8)+tflite-2.9.1-x86': no delegate is called 'vy' (did you mean 'vx'?); a placement is "
            "vx(PROFILE)+PROFILE; the delegates are vx, vx-2025-01, vx-lf-5.15.71, vx-lf-6.1.55, vx-lf-6.6.3");
  EXPECT_EQ(message("vx(vip-v8)"), "'vx(vip-v8)': a placement is vx(PROFILE)+PROFILE");
  EXPECT_EQ(message("vx(vip-v8)+"), "'vx(vip-v8)+': a placement is vx(PROFILE)+PROFILE");
  EXPECT_NE(message("vx(vip-v8)+nobody").find("no profile is called 'nobody'"), std::string::npos);
  EXPECT_NE(message("vx(nobody)+tflite-2.9.1-x86").find("no profile is called 'nobody'"), std::string::npos);
  EXPECT_NE(message("vx(litert-2.3-x86)+tflite-2.9.1-x86").find("not a chip"), std::string::npos);
  EXPECT_NE(message("vx(vip-v8{ties=half_down})+tflite-2.9.1-x86{ties=up}").find("expected one of half_up"),
            std::string::npos);
}

TEST(Partitions, AsManyNodesOfOneSideAsCanBeReached) {
  const auto model = chain();
  EXPECT_EQ(partitions(model->main(), {true, false, true, true}),
            (std::vector<std::vector<std::size_t>>{{0, 3}, {1}, {2}}));
  EXPECT_EQ(partitions(model->main(), {true, true, true, true}), (std::vector<std::vector<std::size_t>>{{0, 1, 2, 3}}));
  EXPECT_EQ(partitions(model->main(), {false, true, false, true}),
            (std::vector<std::vector<std::size_t>>{{0}, {1, 3}, {2}}));
}

}  // namespace
}  // namespace nputwin::test::placement_test
