// TFLite_Detection_PostProcess: decoding, both kinds of suppression, ties, places left over.

#include <flatbuffers/flexbuffers.h>
#include <gtest/gtest.h>

#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test::detection_postprocess_test {
namespace {

struct Detections {
  std::vector<float> boxes, classes, scores;
  float count;
};

/// Three anchors of side 1 at y = 0, 0.1 and 5 (the first two overlap), encodings zero, two classes and no
/// background.
Detections detect(bool regular, const std::vector<float>& scores) {
  flexbuffers::Builder f;
  f.Map([&] {
    f.Int("max_detections", 4), f.Int("max_classes_per_detection", 1), f.Int("num_classes", 2),
        f.Bool("use_regular_nms", regular);
    f.Float("nms_score_threshold", 0.25F), f.Float("nms_iou_threshold", 0.5F);
    f.Float("y_scale", 10), f.Float("x_scale", 10), f.Float("h_scale", 5), f.Float("w_scale", 5);
  });
  f.Finish();
  ModelBuilder b;
  const int boxes = b.tensor("boxes", DType::kFloat32, {1, 3, 4}), s = b.tensor("scores", DType::kFloat32, {1, 3, 2});
  const int anchors = b.constant<float>("anchors", {3, 4}, {0, 0, 1, 1, 0.1F, 0, 1, 1, 5, 0, 1, 1});
  std::vector<int> out;
  for (int k = 0; k < 4; ++k) out.push_back(b.tensor("out", DType::kFloat32, {}));
  b.custom_op("TFLite_Detection_PostProcess", {boxes, s, anchors}, out, f.GetBuffer());
  b.inputs({boxes, s}), b.outputs(out);
  const auto result = run_model(b.read(), find_profile("vip-v8").value(),
                                {to_bytes(std::vector<float>(12, 0)), to_bytes(scores)}, scalar_isa());
  return {from_bytes<float>(result[0]), from_bytes<float>(result[1]), from_bytes<float>(result[2]),
          from_bytes<float>(result[3])[0]};
}

TEST(DetectionPostprocess, FastSuppressionKeepsTheBestOfOverlappingAnchors) {
  const Detections d = detect(false, {0.5F, 0.1F, 0.2F, 0.9F, 0.3F, 0.2F});
  EXPECT_EQ(d.count, 2);
  EXPECT_EQ(d.scores, (std::vector<float>{0.9F, 0.3F, 0, 0}));
  EXPECT_EQ(d.classes, (std::vector<float>{1, 0, 0, 0}));
  EXPECT_FLOAT_EQ(d.boxes[0], -0.4F);
  EXPECT_FLOAT_EQ(d.boxes[2], 0.6F);
  EXPECT_FLOAT_EQ(d.boxes[4], 4.5F);
  EXPECT_EQ(d.boxes[8], 0);
}

TEST(DetectionPostprocess, RegularSuppressionGoesClassByClassAndTiesKeepTheirOrder) {
  const Detections d = detect(true, {0.5F, 0.1F, 0.2F, 0.9F, 0.5F, 0.5F});
  EXPECT_EQ(d.count, 4);
  EXPECT_EQ(d.scores, (std::vector<float>{0.9F, 0.5F, 0.5F, 0.5F}));
  EXPECT_EQ(d.classes, (std::vector<float>{1, 0, 0, 1}));
}

TEST(DetectionPostprocess, NothingAboveTheThreshold) {
  const Detections d = detect(false, std::vector<float>(6, 0.1F));
  EXPECT_EQ(d.count, 0);
  EXPECT_EQ(d.scores, std::vector<float>(4, 0));
}

}  // namespace
}  // namespace nputwin::test::detection_postprocess_test
