// nputwin_seed_corpus DIR: writes small models of many ops for the fuzzer to start from.

#include <flatbuffers/flexbuffers.h>

#include <cstdio>

#include "base/file.h"
#include "support/random_model.h"

namespace nputwin::test {
namespace {

std::string detection() {
  flexbuffers::Builder f;
  f.Map([&] {
    f.Int("max_detections", 3), f.Int("max_classes_per_detection", 1), f.Int("num_classes", 2),
        f.Bool("use_regular_nms", true);
    f.Float("nms_score_threshold", 0.1F), f.Float("nms_iou_threshold", 0.6F);
    f.Float("y_scale", 10), f.Float("x_scale", 10), f.Float("h_scale", 5), f.Float("w_scale", 5);
  });
  f.Finish();
  ModelBuilder b;
  const int boxes = b.tensor("boxes", DType::kUInt8, {1, 5, 4}, 0.1F, 3),
            scores = b.tensor("scores", DType::kUInt8, {1, 5, 3}, 1.0F / 256, 0);
  const int anchors = b.constant<std::uint8_t>("anchors", {5, 4}, std::vector<std::uint8_t>(20, 9), {{0.1F}, {0}, 0});
  std::vector<int> out;
  for (int k = 0; k < 4; ++k) out.push_back(b.tensor("out", DType::kFloat32, {}));
  b.custom_op("TFLite_Detection_PostProcess", {boxes, scores, anchors}, out, f.GetBuffer());
  b.inputs({boxes, scores}), b.outputs(out);
  return b.bytes();
}

std::string chain() {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 4, 4, 2}, 0.5F, 1);
  const int pads = b.constant<std::int32_t>("pads", {4, 2}, {0, 0, 1, 1, 1, 0, 0, 0});
  const int padded = b.tensor("padded", DType::kInt8, {}, 0.5F, 1);
  b.op("PAD", {x, pads}, {padded});
  const int size = b.constant<std::int32_t>("size", {2}, {5, 7});
  const int resized = b.tensor("resized", DType::kInt8, {}, 0.5F, 1),
            nearest = b.tensor("nearest", DType::kInt8, {}, 0.5F, 1);
  b.op("RESIZE_BILINEAR", {padded, size}, {resized}, {{"align_corners", false}});
  b.op("RESIZE_NEAREST_NEIGHBOR", {resized, size}, {nearest}, {{"align_corners", false}});
  const int axes = b.constant<std::int32_t>("axes", {2}, {1, 2});
  const int mean = b.tensor("mean", DType::kInt8, {}, 0.4F, 2);
  b.op("MEAN", {nearest, axes}, {mean}, {{"keep_dims", true}});
  const int real = b.tensor("real", DType::kFloat32, {}), again = b.tensor("again", DType::kInt8, {}, 0.3F, 0);
  b.op("DEQUANTIZE", {mean}, {real});
  b.op("QUANTIZE", {real}, {again});
  const int logistic = b.tensor("logistic", DType::kInt8, {}, 1.0F / 256, -128);
  b.op("LOGISTIC", {again}, {logistic});
  b.inputs({x}), b.outputs({logistic});
  return b.bytes();
}

}  // namespace
}  // namespace nputwin::test

int main(int argc, char** argv) {
  using namespace nputwin;
  using namespace nputwin::test;
  if (argc != 2) return 2;
  std::vector<std::string> seeds{detection(), chain()};
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    for (const auto make :
         {random_conv_2d, random_depthwise_conv_2d, random_fully_connected, random_max_pool_2d, random_add, random_mul})
      seeds.push_back(make(seed).bytes);
  }
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const auto status = write_file_whole(fmt::format("{}/seed_{}", argv[1], i), seeds[i]);
    if (!status) {
      std::fprintf(stderr, "%s\n", status.error().message.c_str());
      return 2;
    }
  }
  return 0;
}
