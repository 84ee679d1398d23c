// TFLite_Detection_PostProcess, a custom op with flexbuffer options. Inputs: box encodings [1,N,>=4] (y, x, h, w),
// class scores [1,N,classes (+ background)], anchors [N,4]; all uint8 or all float32. Outputs, float32: boxes [1,D,4]
// as ymin, xmin, ymax, xmax; classes [1,D]; scores [1,D]; their number [1]. D = max_detections *
// max_classes_per_detection.
//
//   centre y = y / y_scale * anchor.h + anchor.y, half height = 0.5 * exp(h / h_scale) * anchor.h   (binary64 to
//   binary32)
//
// Fast suppression sorts anchors by their best class; regular suppression goes class by class. Places beyond the last
// detection hold zeros here; TFLite's fast form leaves them uninitialised. Source: LiteRT detection_postprocess.cc.
// Runs on the CPU under every profile: no known delegate claims it.

#include <flatbuffers/flexbuffers.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/checks.h"

namespace nputwin::ops::detection_postprocess {
namespace {

struct Options {
  int max_detections = 0, classes_per_detection = 0, detections_per_class = 100, classes = 0;
  bool regular = false;
  float score_threshold = 0, iou_threshold = 0;
  float y_scale = 0, x_scale = 0, h_scale = 0, w_scale = 0;
  bool operator==(const Options&) const = default;
};

struct Box {
  float ymin, xmin, ymax, xmax;
};

struct Candidate {
  int anchor, label;
  float score;
  std::int64_t found_as;  // order of discovery; equal scores keep it
};

float overlap(const Box& a, const Box& b) {
  const float area_a = (a.ymax - a.ymin) * (a.xmax - a.xmin), area_b = (b.ymax - b.ymin) * (b.xmax - b.xmin);
  if (area_a <= 0 || area_b <= 0) return 0;
  const float height = std::max(std::min(a.ymax, b.ymax) - std::max(a.ymin, b.ymin), 0.0F);
  const float width = std::max(std::min(a.xmax, b.xmax) - std::max(a.xmin, b.xmin), 0.0F);
  const float both = height * width;
  return both / (area_a + area_b - both);
}

class DetectionPostprocess final : public ComparableKernel<DetectionPostprocess> {
 public:
  DetectionPostprocess(const Options& options, int anchors, int score_columns)
      : o_(options), anchors_(anchors), columns_(score_columns) {}

  [[nodiscard]] std::size_t scratch_bytes() const override { return Layout(*this, nullptr).bytes; }

  void run(const RunContext& context) const override {
    Layout s(*this, context.scratch.data());
    std::fill_n(s.decoded, anchors_, false);
    read_scores(context.inputs[1], s.scores);
    const int found = o_.regular ? regular(context, s) : fast(context, s);
    write(context, s, found);
  }
  [[nodiscard]] auto parameters() const { return std::tie(o_, anchors_, columns_); }

 private:
  // Scratch memory: boxes, which of them are decoded, scores, for each anchor its best class, the kept ones and the
  // selected among them, detections found so far.
  struct Layout {
    Layout(const DetectionPostprocess& op, std::byte* memory) {
      const auto n = static_cast<std::size_t>(op.anchors_);
      const auto place = [&](auto*& pointer, std::size_t count) {
        if (memory != nullptr) pointer = reinterpret_cast<std::remove_reference_t<decltype(pointer)>>(memory + bytes);
        bytes += (count * sizeof(*pointer) + 63) / 64 * 64;
      };
      place(boxes, n);
      place(scores, n * static_cast<std::size_t>(op.columns_));
      place(single, n);
      place(order, n);
      place(selected, n);
      place(labels, std::max<std::size_t>(static_cast<std::size_t>(op.o_.classes), 1));
      place(decoded, n);
      place(found, static_cast<std::size_t>(op.o_.max_detections) + n);
    }
    Box* boxes = nullptr;
    float* scores = nullptr;
    float* single = nullptr;
    int* order = nullptr;
    int* selected = nullptr;
    int* labels = nullptr;
    bool* decoded = nullptr;
    Candidate* found = nullptr;
    std::size_t bytes = 0;
  };

  static float real(const TensorView& view, std::size_t i) {
    if (view.spec->type == DType::kFloat32) return view.as<float>()[i];
    return (static_cast<float>(view.as<std::uint8_t>()[i]) - static_cast<float>(view.spec->zero_point())) *
           view.spec->scale();
  }

  /// An anchor's box, decoded when somebody asks: most have too small a score to be looked at.
  const Box& box(const RunContext& context, Layout& s, int anchor) const {
    const auto i = static_cast<std::size_t>(anchor);
    if (s.decoded[i]) return s.boxes[i];
    const TensorView& encodings = context.inputs[0];
    const auto step = static_cast<std::size_t>(encodings.spec->shape[2]);
    const auto e = [&](std::size_t k) { return static_cast<double>(real(encodings, i * step + k)); };
    const auto a = [&](std::size_t k) { return static_cast<double>(real(context.inputs[2], i * 4 + k)); };
    const auto y = static_cast<float>(e(0) / static_cast<double>(o_.y_scale) * a(2) + a(0));
    const auto x = static_cast<float>(e(1) / static_cast<double>(o_.x_scale) * a(3) + a(1));
    const auto half_h = static_cast<float>(0.5 * std::exp(e(2) / static_cast<double>(o_.h_scale)) * a(2));
    const auto half_w = static_cast<float>(0.5 * std::exp(e(3) / static_cast<double>(o_.w_scale)) * a(3));
    s.decoded[i] = true;
    return s.boxes[i] = {y - half_h, x - half_w, y + half_h, x + half_w};
  }

  /// As the optimised DEQUANTIZE of the runtime: q*s + (-zp*s), the last size mod 8 values in binary64.
  void read_scores(const TensorView& view, float* scores) const {
    const auto n = static_cast<std::size_t>(view.spec->elements());
    if (view.spec->type == DType::kFloat32) {
      std::copy_n(view.as<float>().data(), n, scores);
      return;
    }
    const float s = view.spec->scale();
    const std::int32_t z = view.spec->zero_point();
    const float shift = static_cast<float>(-z) * s;
    const std::uint8_t* q = view.as<std::uint8_t>().data();
    for (std::size_t i = 0; i < n - n % 8; ++i) scores[i] = static_cast<float>(q[i]) * s + shift;
    for (std::size_t i = n - n % 8; i < n; ++i) scores[i] = static_cast<float>(static_cast<double>(s) * (q[i] - z));
  }

  /// Greedy suppression of one score for each anchor; the selected anchors come in s.selected. Returns their number.
  /// An anchor is suppressed if its box overlaps that of one selected before it. As few are asked for, they are taken
  /// from a heap: sorting all takes longer.
  int suppress(const RunContext& context, Layout& s, int limit) const {
    int kept = 0;
    for (int i = 0; i < anchors_; ++i) {
      if (s.single[i] >= o_.score_threshold) s.order[kept++] = i;
    }
    const auto later = [&](int a, int b) { return s.single[a] < s.single[b] || (s.single[a] == s.single[b] && a > b); };
    std::make_heap(s.order, s.order + kept, later);
    int selected = 0;
    while (kept > 0 && selected < limit) {
      std::pop_heap(s.order, s.order + kept, later);
      const int anchor = s.order[--kept];
      const Box& candidate = box(context, s, anchor);
      const bool overlaps = std::any_of(s.selected, s.selected + selected, [&](int before) {
        return overlap(s.boxes[before], candidate) > o_.iou_threshold;
      });
      if (!overlaps) s.selected[selected++] = anchor;
    }
    return selected;
  }

  [[nodiscard]] const float* class_scores(const Layout& s, int anchor) const {
    return s.scores + std::int64_t{anchor} * columns_ + (columns_ - o_.classes);
  }

  /// Puts the `count` best labels first in s.labels; of equal scores the lower label comes first.
  void rank_labels(Layout& s, const float* scores, int count) const {
    std::iota(s.labels, s.labels + o_.classes, 0);
    std::partial_sort(s.labels, s.labels + count, s.labels + o_.classes,
                      [&](int a, int b) { return scores[a] > scores[b] || (scores[a] == scores[b] && a < b); });
  }

  int fast(const RunContext& context, Layout& s) const {
    for (int i = 0; i < anchors_; ++i)
      s.single[i] = *std::max_element(class_scores(s, i), class_scores(s, i) + o_.classes);
    const int selected = suppress(context, s, o_.max_detections);
    const int each = std::min(o_.classes_per_detection, o_.classes);
    for (int k = 0; k < selected; ++k) {
      const float* scores = class_scores(s, s.selected[k]);
      rank_labels(s, scores, each);
      s.found[k] = {s.selected[k], s.labels[0], scores[s.labels[0]], k};
    }
    return selected;
  }

  int regular(const RunContext& context, Layout& s) const {
    int found = 0;
    std::int64_t ever_found = 0;
    for (int label = 0; label < o_.classes; ++label) {
      for (int i = 0; i < anchors_; ++i) s.single[i] = class_scores(s, i)[label];
      const int selected = suppress(context, s, std::min(o_.detections_per_class, o_.max_detections));
      for (int k = 0; k < selected; ++k)
        s.found[found + k] = {s.selected[k], label, s.single[s.selected[k]], ever_found++};
      std::sort(s.found, s.found + found + selected, [](const Candidate& a, const Candidate& b) {
        return a.score > b.score || (a.score == b.score && a.found_as < b.found_as);
      });
      found = std::min(found + selected, o_.max_detections);
    }
    return found;
  }

  void write(const RunContext& context, Layout& s, int found) const {
    const auto boxes = context.outputs[0].as<float>(), classes = context.outputs[1].as<float>(),
               scores = context.outputs[2].as<float>();
    for (const auto& span : {boxes, classes, scores}) std::fill(span.begin(), span.end(), 0.0F);
    const int each = o_.regular ? 1 : std::min(o_.classes_per_detection, o_.classes);
    const int places = o_.regular ? 1 : o_.classes_per_detection;
    for (int k = 0; k < found; ++k) {
      const Candidate& candidate = s.found[k];
      const float* all = class_scores(s, candidate.anchor);
      if (each > 1) rank_labels(s, all, each);
      for (int c = 0; c < each; ++c) {
        const auto at = static_cast<std::size_t>(places * k + c);
        const Box& b = s.boxes[candidate.anchor];
        boxes[4 * at] = b.ymin, boxes[4 * at + 1] = b.xmin, boxes[4 * at + 2] = b.ymax, boxes[4 * at + 3] = b.xmax;
        const int label = each > 1 ? s.labels[c] : candidate.label;
        classes[at] = static_cast<float>(label);
        scores[at] = all[label];
      }
    }
    context.outputs[3].as<float>()[0] = static_cast<float>(found);
  }

  Options o_;
  int anchors_, columns_;
};

/// A number of the options; out of range, and so refused, where it is none. flexbuffers' own conversions are
/// undefined for a NaN.
int integer(const flexbuffers::Reference& value) {
  if (value.IsInt()) return saturate_cast<std::int32_t>(value.AsInt64());
  if (value.IsUInt()) return static_cast<int>(std::min<std::uint64_t>(value.AsUInt64(), INT32_MAX));
  return value.IsFloat() ? round_real(value.AsDouble(), Rounding::kTowardZero) : 0;
}

float real_number(const flexbuffers::Reference& value) { return value.IsNumeric() ? value.AsFloat() : 0.0F; }

bool truth(const flexbuffers::Reference& value) { return value.IsBool() ? value.AsBool() : integer(value) != 0; }

Result<Options> read_options(Bytes bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  std::vector<std::uint8_t> reuse;
  if (bytes.size() < 3 || !flexbuffers::VerifyBuffer(data, bytes.size(), &reuse))
    return error("its options are not a valid flexbuffer");
  const auto root = flexbuffers::GetRoot(data, bytes.size());
  if (!root.IsMap()) return error("its options are not a flexbuffer map");
  const auto map = root.AsMap();
  Options o;
  o.max_detections = integer(map["max_detections"]);
  o.classes_per_detection = integer(map["max_classes_per_detection"]);
  if (!map["detections_per_class"].IsNull()) o.detections_per_class = integer(map["detections_per_class"]);
  o.regular = !map["use_regular_nms"].IsNull() && truth(map["use_regular_nms"]);
  o.score_threshold = real_number(map["nms_score_threshold"]);
  o.iou_threshold = real_number(map["nms_iou_threshold"]);
  o.classes = integer(map["num_classes"]);
  o.y_scale = real_number(map["y_scale"]);
  o.x_scale = real_number(map["x_scale"]);
  o.h_scale = real_number(map["h_scale"]);
  o.w_scale = real_number(map["w_scale"]);
  constexpr int kLimit = 1 << 16;
  if (o.max_detections < 1 || o.max_detections > kLimit || o.classes_per_detection < 1 ||
      o.classes_per_detection > kLimit || o.detections_per_class < 1 || o.classes < 1 || o.classes > kLimit ||
      !(o.iou_threshold > 0 && o.iou_threshold <= 1)) {
    return error(
        "its options are out of range: max_detections {}, max_classes_per_detection {}, detections_per_class {}, "
        "num_classes {}, nms_iou_threshold {}",
        o.max_detections, o.classes_per_detection, o.detections_per_class, o.classes, o.iou_threshold);
  }
  return o;
}

Result<Options> checked_options(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const Options o, read_options(node.custom_options));
  const Shape &boxes = node.input(0).shape, &scores = node.input(1).shape, &anchors = node.input(2).shape;
  if (boxes.size() != 3 || scores.size() != 3 || anchors.size() != 2 || boxes[0] != 1 || scores[0] != 1 ||
      boxes[2] < 4 || scores[1] != boxes[1] || anchors[0] != boxes[1] || anchors[1] != 4 || boxes[1] < 1) {
    return error("shapes {}, {}, {} are not [1,N,>=4], [1,N,classes], [N,4]", to_string(boxes), to_string(scores),
                 to_string(anchors));
  }
  if (scores[2] != o.classes && scores[2] != o.classes + 1)
    return error("{} score columns do not fit {} classes", scores[2], o.classes);
  return o;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 3, 3, 4));
  NPUTWIN_ASSIGN_OR_RETURN(const Options o, checked_options(node));
  const std::int64_t places = std::int64_t{o.max_detections} * o.classes_per_detection;
  if (places > INT32_MAX / 16) return error("{} detections are too many", places);
  const auto d = static_cast<std::int32_t>(places);
  return Shapes{{1, d, 4}, {1, d}, {1, d}, {1}};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  for (std::size_t i = 0; i < 3; ++i) {
    NPUTWIN_RETURN_IF_ERROR(check_type(context.input(i), {DType::kUInt8, DType::kFloat32}, "input"));
    if (context.input(i).type != context.input(0).type) return error("inputs have different types, expected one type");
    if (context.input(i).type == DType::kUInt8) NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context.input(i), "input"));
  }
  for (const auto& out : context.outputs) NPUTWIN_RETURN_IF_ERROR(check_type(out, {DType::kFloat32}, "output"));
  NPUTWIN_ASSIGN_OR_RETURN(const Options o, checked_options(context));
  return std::make_unique<DetectionPostprocess>(o, context.input(0).shape[1], context.input(1).shape[2]);
}

}  // namespace

const OpDefinition& detection_postprocess_op() {
  static constexpr OpDefinition kOp{"TFLite_Detection_PostProcess", infer_shapes, prepare, Family::kDetection};
  return kOp;
}

}  // namespace nputwin::ops::detection_postprocess
