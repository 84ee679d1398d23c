// Sides: profiles and recordings behind one interface.

#include "sides/side.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/temporary_folder.h"
#include "io/npz.h"
#include "io/tflite/reader.h"
#include "support/paths.h"

namespace nputwin::side_test {
namespace {

const std::vector<InputArgument> kNoise{"noise:1"};

std::shared_ptr<const Model> digits() { return read_tflite(source_path("models/digits_embed20_i8.tflite")).value(); }

/// Runs a profile on one sample and gives every op's output.
Capture capture_of(const std::shared_ptr<const Model>& model, const std::string& profile) {
  const auto side = open_side(profile, model, {}).value();
  const Sample sample = session_inputs(*side->session(), kNoise).value().only_sample().value();
  EXPECT_TRUE(side->begin(0, sample));
  Capture capture;
  capture.source = "a board";
  for (std::size_t i = 0; i < model->main().nodes.size(); ++i) {
    EXPECT_TRUE(side->step(i));
    const TensorView view = side->output(i, 0).value();
    capture.tensors[model->main().nodes[i].outputs[0]] = {*view.spec, {view.bytes.begin(), view.bytes.end()}};
  }
  return capture;
}

TEST(Side, ATextNamesAProfileOrARecording) {
  EXPECT_FALSE(is_recording("vip-v8"));
  EXPECT_FALSE(is_recording("vip-v8{ties=half_up}"));
  EXPECT_TRUE(is_recording("runtime:python3"));
  EXPECT_TRUE(is_recording(source_path("models")));
  EXPECT_TRUE(is_recording("there/is/none"));
  EXPECT_TRUE(is_recording("none.npy"));
  EXPECT_FALSE(is_recording("vx(my/chip.json)+tflite-2.9.1-arm64"));
  EXPECT_FALSE(is_recording("none"));
  EXPECT_NE(profile_of_side("none").error().message.find("'none' is no file or folder, and no profile"),
            std::string::npos);
}

TEST(Side, AProfileComputes) {
  const auto model = digits();
  const auto side = open_side("vip-v8", model, {}).value();
  EXPECT_EQ(side->name(), "vip-v8");
  EXPECT_EQ(side->size(), std::nullopt);
  EXPECT_NE(side->session(), nullptr);
  EXPECT_EQ(side->reference(), side->session());
  EXPECT_EQ(side->recorded(), nullptr);
  EXPECT_FALSE(open_side("vip-v9", model, {}));
}

TEST(Side, ARecordingHasWhatWasRecorded) {
  const auto model = digits();
  Capture capture = capture_of(model, "vip-v8");
  const int first = model->main().nodes[0].outputs[0];
  const std::vector<std::byte> values = capture.tensors.at(first).data;
  capture.profile = "vip-v8";
  const auto side = recorded_side(model, capture);
  ASSERT_TRUE(side->begin(0, {}));
  EXPECT_EQ(side->name(), "a board");
  EXPECT_EQ(side->session(), nullptr);
  EXPECT_EQ(side->reference(), nullptr);
  const Bytes bytes = side->output(0, 0).value().bytes;
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), values.begin(), values.end()));
}

TEST(Side, WhatIsMissingIsAnErrorUnlessTheRecordingIsPartial) {
  const auto model = digits();
  Capture capture = capture_of(model, "vip-v8");
  capture.tensors.erase(model->main().nodes[3].outputs[0]);
  const auto whole = recorded_side(model, capture);
  ASSERT_TRUE(whole->begin(0, {}));
  const auto missing = whole->output(3, 0);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("op 3 CONV_2D: output '"), std::string::npos) << missing.error().message;
  capture.partial = true;
  const auto partial = recorded_side(model, capture);
  ASSERT_TRUE(partial->begin(0, {}));
  EXPECT_FALSE(partial->output(3, 0).value().present());
}

TEST(Sides, OnCpuIsForTheSideWithADelegate) {
  SideOptions options;
  options.session.on_cpu = {"CONV_2D"};
  const Sides sides = open_sides(digits(), "tflite-2.9.1-arm64", "vx(vip-v8)+tflite-2.9.1-arm64", options).value();
  EXPECT_EQ(sides.b->session()->preparation().options().on_cpu, options.session.on_cpu);
  EXPECT_FALSE(open_sides(digits(), "vip-v7", "vip-v8", options));
  EXPECT_FALSE(open_sides(digits(), "tflite-2.9.1-arm64", "vip-v8", options)) << "XNNPACK is no chip";
  const std::string recording = source_path("models");
  EXPECT_TRUE(options_for(recording, "vx(vip-v8)+tflite-2.9.1-arm64", options).session.on_cpu.empty());
  EXPECT_FALSE(options_for("vx(vip-v8)+tflite-2.9.1-arm64", recording, options).session.on_cpu.empty());
}

TEST(SideInputs, MustFitWhatTheSidesHold) {
  const auto model = digits();
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const Capture capture = capture_of(model, "vip-v8");
  TensorSet tensors;
  for (const auto& [t, tensor] : capture.tensors) tensors[tensor.spec.name] = tensor;
  ASSERT_TRUE(write_npz(folder / "board.npz", tensors));
  const Sides sides = open_sides(model, folder / "board.npz", "vip-v8", {}).value();
  EXPECT_EQ(SideInputs::open(sides, kNoise, {}).value().size(), 1U);
  const auto wrong = SideInputs::open(sides, std::vector<InputArgument>{"noise:1..3"}, {});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, (folder / "board.npz") + " holds 1 sample, and the other side or the input 3");
  const Sides recordings = open_sides(model, folder / "board.npz", folder / "board.npz", {}).value();
  const SideInputs none = SideInputs::open(recordings, {}, {}).value();
  EXPECT_EQ(none.size(), 1U);
  EXPECT_TRUE(none.sample(0).value().empty());
}

}  // namespace
}  // namespace nputwin::side_test
