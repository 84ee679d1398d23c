// What two sides' outputs mean: classes, detections, embeddings, masks. Values are chosen so that each rule decides.

#include "analysis/compare/agreement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "analysis/compare/movement.h"
#include "analysis/compare/output_kind.h"
#include "support/model_builder.h"

namespace nputwin::agreement_test {
namespace {

template <typename T>
struct Pair {
  TensorSpec spec;
  std::vector<T> a, b;

  Pair(Shape shape, std::vector<T> of_a, std::vector<T> of_b, float scale = 0, std::int32_t zero = 0)
      : spec{"out", *kDTypeOf<T>, std::move(shape), {}}, a(std::move(of_a)), b(std::move(of_b)) {
    if (scale > 0) spec.quantization = {{scale}, {zero}, 0};
  }
  [[nodiscard]] TensorView view_a() const { return {&spec, std::as_bytes(std::span(a))}; }
  [[nodiscard]] TensorView view_b() const { return {&spec, std::as_bytes(std::span(b))}; }
};

TEST(Classes, OfEqualScoresTheFirstIsTheClass) {
  // Row 0: A's classes 1 and 2 are equal, so 1 is first; in B 2 is one step larger. Row 1: both have class 0 first.
  const Pair<std::int8_t> pair({2, 3}, {0, 9, 9, 5, 4, 3}, {0, 9, 10, 5, 5, 3});
  ClassAgreement classes;
  add_classes(pair.view_a(), pair.view_b(), classes);
  EXPECT_EQ(classes.rows, 2);
  EXPECT_EQ(classes.top1, 1);
  EXPECT_FALSE(classes.has_top5);
}

TEST(Classes, TheFirstFiveCountWhateverTheirOrder) {
  const Pair<std::uint8_t> same({1, 7}, {9, 8, 7, 6, 5, 4, 0}, {8, 9, 7, 6, 5, 4, 0});
  const Pair<std::uint8_t> other({1, 7}, {9, 8, 7, 6, 5, 4, 0}, {9, 8, 7, 6, 4, 5, 0});
  ClassAgreement classes;
  add_classes(same.view_a(), same.view_b(), classes);
  EXPECT_EQ(std::pair(classes.top1, classes.top5), std::pair(std::int64_t{0}, std::int64_t{1}));
  add_classes(other.view_a(), other.view_b(), classes);
  EXPECT_EQ(std::pair(classes.top1, classes.top5), std::pair(std::int64_t{1}, std::int64_t{1}));
  EXPECT_TRUE(classes.has_top5);
}

TEST(Classes, IndicesAreClasses) {
  const Pair<std::int64_t> pair({3}, {4, 5, 6}, {4, 5, 7});
  ClassAgreement classes;
  add_classes(pair.view_a(), pair.view_b(), classes);
  EXPECT_EQ(std::pair(classes.rows, classes.top1), std::pair(std::int64_t{3}, std::int64_t{2}));
}

TEST(Classes, NaNIsNeverTheFirst) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Pair<float> pair({1, 3}, {nan, 1, 2}, {nan, 1, 2});
  ClassAgreement classes;
  add_classes(pair.view_a(), pair.view_b(), classes);
  EXPECT_EQ(classes.top1, 1);
}

Detection box(double ymin, double xmin, double ymax, double xmax, double label, double score) {
  return {ymin, xmin, ymax, xmax, label, score};
}

TEST(Detections, MatchByClassAndOverlap) {
  // The second box of A has half of B's height: overlap 0.5, which is enough. The third is of another class, the fourth
  // overlaps by a third.
  const std::vector<Detection> a{box(0, 0, 1, 1, 1, 0.9), box(2, 0, 3, 1, 1, 0.8), box(4, 0, 5, 1, 2, 0.7),
                                 box(6, 0, 7, 1, 1, 0.6)};
  const std::vector<Detection> b{box(0, 0, 1, 1, 1, 0.9), box(2, 0, 4, 1, 1, 0.8), box(4, 0, 5, 1, 3, 0.7),
                                 box(6.5, 0, 7.5, 1, 1, 0.6)};
  DetectionAgreement agreement;
  add_detections(a, b, agreement);
  EXPECT_EQ(agreement.a, 4);
  EXPECT_EQ(agreement.b, 4);
  EXPECT_EQ(agreement.matched, 2);
  EXPECT_EQ(agreement.least_overlap, 0.5);
}

TEST(Detections, TheHighestScoreChoosesFirst) {
  // Both of A's want B's one box, and only the better scored gets it, though it stands second.
  const std::vector<Detection> a{box(0, 0, 1, 1, 1, 0.6), box(0, 0, 1, 1, 1, 0.9)}, b{box(0, 0, 1, 1, 1, 0.9)};
  DetectionAgreement agreement;
  add_detections(a, b, agreement);
  EXPECT_EQ(agreement.matched, 1);
}

TEST(Detections, CountAndScoreSayWhichThereAre) {
  const Pair<float> boxes({1, 3, 4}, std::vector<float>(12, 1), {});
  const Pair<float> labels({1, 3}, {1, 2, 3}, {}), scores({1, 3}, {0.9F, 0.4F, 0.5F}, {});
  const auto with_count = [&](float count) {
    const Pair<float> number({1}, {count}, {});
    return detections_of(boxes.view_a(), labels.view_a(), scores.view_a(), number.view_a()).size();
  };
  EXPECT_EQ(with_count(3), 2U);  // 0.5 is in, 0.4 is not
  EXPECT_EQ(with_count(2), 1U);
  EXPECT_EQ(with_count(0), 0U);
  EXPECT_EQ(with_count(1e30F), 2U);
  EXPECT_EQ(with_count(std::numeric_limits<float>::quiet_NaN()), 0U);
}

TEST(Boxes, AreComparedPlaceByPlace) {
  const Pair<float> pair({1, 2, 4}, {0, 0, 1, 1, 0, 0, 1, 1}, {0, 0, 1, 1, 5, 5, 6, 6});
  DetectionAgreement agreement;
  add_boxes(pair.view_a(), pair.view_b(), agreement);
  EXPECT_EQ(std::pair(agreement.a, agreement.matched), std::pair(std::int64_t{2}, std::int64_t{1}));
  EXPECT_FALSE(agreement.has_scores);
}

TEST(Embeddings, DistanceIsOneMinusTheCosineOfRealValues) {
  // Zero point 10: (3, 4) against (4, 3), cosine 24 / 25.
  const Pair<std::int8_t> pair({1, 2}, {13, 14}, {14, 13}, 0.5F, 10);
  EmbeddingAgreement agreement;
  add_embeddings(pair.view_a(), pair.view_b(), agreement);
  EXPECT_NEAR(agreement.mean(), 1.0 / 25, 1e-15);
  EXPECT_NEAR(agreement.largest, 1.0 / 25, 1e-15);
  EXPECT_EQ(agreement.spread(), 0);  // of one vector there is none
}

TEST(Embeddings, SpreadIsTheMeanDistanceOfTwoInputs) {
  // Three vectors with cosines 0, 0 and -1 between them: distances 1, 1 and 2.
  const Pair<float> pair({3, 2}, {1, 0, 0, 2, -3, 0}, {1, 0, 0, 2, -3, 0});
  EmbeddingAgreement agreement;
  add_embeddings(pair.view_a(), pair.view_b(), agreement);
  EXPECT_EQ(agreement.vectors, 3);
  EXPECT_NEAR(agreement.spread(), 4.0 / 3, 1e-15);
  EXPECT_EQ(agreement.mean(), 0);
}

TEST(Embeddings, AVectorOfZerosHasNoDistance) {
  const Pair<float> pair({2, 2}, {0, 0, 1, 0}, {1, 0, 1, 0});
  EmbeddingAgreement agreement;
  add_embeddings(pair.view_a(), pair.view_b(), agreement);
  EXPECT_EQ(agreement.vectors, 1);
}

TEST(Masks, IoUIsTheMeanOverTheClassesThatOccur) {
  // Four pixels, three classes, of which the last occurs nowhere: A has 0 0 1 1, B has 0 1 1 1.
  const Pair<std::uint8_t> pair({1, 2, 2, 3}, {9, 1, 0, 9, 1, 0, 1, 9, 0, 1, 9, 0},
                                {9, 1, 0, 1, 9, 0, 1, 9, 0, 1, 9, 0});
  MaskAgreement mask;
  add_masks(pair.view_a(), pair.view_b(), 0, mask);
  EXPECT_EQ(mask.pixels(), 4);
  EXPECT_EQ(mask.same(), 3);
  EXPECT_NEAR(mask.mean_iou(), (1.0 / 2 + 2.0 / 3) / 2, 1e-15);
}

TEST(Masks, OneChannelIsAboveItsThreshold) {
  // Real values 0.25 * code; the threshold 0.5 itself is outside.
  const Pair<std::int8_t> pair({1, 1, 3, 1}, {2, 3, 1}, {3, 3, 1}, 0.25F, 0);
  MaskAgreement mask;
  add_masks(pair.view_a(), pair.view_b(), 0.5, mask);
  EXPECT_EQ(mask.same(), 2);
}

TEST(Movement, ValuesThatStayWhatGoesInProveNothing) {
  const std::vector<std::byte> one(9, std::byte{1});
  std::vector<std::byte> other = one;
  other.back() = std::byte{2};
  Movement movement;
  movement.add(one);
  EXPECT_FALSE(movement.is_constant());  // of one input nothing is known
  movement.add(one);
  EXPECT_TRUE(movement.is_constant());
  Movement probed = movement, part;
  probed.add_other(other);
  EXPECT_FALSE(probed.is_constant());
  part.add(other);
  movement.merge(part);
  EXPECT_EQ(movement.samples, 3);
  EXPECT_FALSE(movement.is_constant());
}

/// A model with one op, of the outputs' kinds.
std::vector<KnownOutput> kinds(const std::string& op, const Shape& shape, const std::vector<std::string>& asked = {}) {
  test::ModelBuilder builder;
  const int in = builder.tensor("in", DType::kInt8, shape, 1, 0),
            out = builder.tensor("out", DType::kInt8, shape, 1, 0);
  const int real = builder.tensor("real", DType::kFloat32, shape);
  builder.op(op, {in}, {out});
  builder.op("DEQUANTIZE", {out}, {real});
  builder.inputs({in});
  builder.outputs({real});
  std::vector<TensorSpec> specs;
  for (const ModelTensor& tensor : builder.graph().tensors) specs.push_back(tensor.spec);
  return known_outputs(builder.model(), specs, asked).value();
}

TEST(OutputKinds, TheMakerBehindMovesSaysIt) {
  EXPECT_EQ(kinds("SOFTMAX", {1, 10})[0].kind, OutputKind::kClasses);
  EXPECT_EQ(kinds("SOFTMAX", {1, 10})[0].from, "SOFTMAX");
  EXPECT_EQ(kinds("SOFTMAX", {1, 8, 8, 3})[0].kind, OutputKind::kMask);
  EXPECT_EQ(kinds("L2_NORMALIZATION", {1, 10})[0].kind, OutputKind::kEmbedding);
  EXPECT_EQ(kinds("RELU", {1, 10})[0].kind, OutputKind::kValues);
  EXPECT_EQ(kinds("RELU", {1, 10})[0].from, "");
  EXPECT_EQ(kinds("LOGISTIC", {1, 8, 8, 1}, {"mask"})[0].threshold, 0.5);
}

TEST(OutputKinds, WhatIsAskedForWinsAndMustFit) {
  EXPECT_EQ(kinds("SOFTMAX", {1, 10}, {"real=embedding"})[0].kind, OutputKind::kEmbedding);
  EXPECT_EQ(kinds("SOFTMAX", {1, 10}, {"values"})[0].kind, OutputKind::kValues);
  test::ModelBuilder builder;
  const int in = builder.tensor("in", DType::kInt8, {1, 3}, 1, 0),
            out = builder.tensor("out", DType::kInt8, {1, 3}, 1, 0);
  builder.op("RELU", {in}, {out});
  builder.inputs({in});
  builder.outputs({out});
  std::vector<TensorSpec> specs{builder.graph().spec(0), builder.graph().spec(1)};
  const auto refusal = [&](const std::string& asked) {
    const std::vector<std::string> words{asked};
    return known_outputs(builder.model(), specs, words).error().message;
  };
  EXPECT_NE(refusal("boxes").find("a last dimension of 4"), std::string::npos);
  EXPECT_NE(refusal("clases").find("did you mean 'classes'?"), std::string::npos);
  EXPECT_NE(refusal("oot=classes").find("did you mean 'out'?"), std::string::npos);
}

}  // namespace
}  // namespace nputwin::agreement_test
