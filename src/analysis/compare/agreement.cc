#include "analysis/compare/agreement.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/element.h"

namespace nputwin {
namespace {

std::size_t last_dimension(const TensorSpec& spec) {
  return spec.shape.empty() ? 1 : static_cast<std::size_t>(spec.shape.back());
}

std::size_t elements_of(const TensorView& view) { return static_cast<std::size_t>(view.spec->elements()); }

/// The quantized value's real value, or the number itself.
double real_of(const TensorView& view, std::size_t i) {
  const double code = element_of(view, i);
  if (view.spec->type == DType::kFloat32 || !view.spec->quantization.per_tensor()) return code;
  return static_cast<double>(view.spec->scale()) * (code - view.spec->zero_point());
}

/// The first classes of a row of scores, at most `count`: the largest score first, of equal ones the least index.
std::vector<std::size_t> first_classes(const TensorView& view, std::size_t begin, std::size_t classes,
                                       std::size_t count) {
  std::vector<std::size_t> order(classes);
  std::iota(order.begin(), order.end(), std::size_t{0});
  count = std::min(count, classes);
  const auto before = [&](std::size_t x, std::size_t y) {
    const double of_x = element_of(view, begin + x), of_y = element_of(view, begin + y);
    return of_x > of_y || (of_x == of_y && x < y) || (std::isnan(of_y) && !std::isnan(of_x));
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(), before);
  order.resize(count);
  return order;
}

double overlap(const Detection& x, const Detection& y) {
  const auto area = [](const Detection& d) { return std::max(d.ymax - d.ymin, 0.0) * std::max(d.xmax - d.xmin, 0.0); };
  const double height = std::min(x.ymax, y.ymax) - std::max(x.ymin, y.ymin);
  const double width = std::min(x.xmax, y.xmax) - std::max(x.xmin, y.xmin);
  const double both = std::max(height, 0.0) * std::max(width, 0.0), either = area(x) + area(y) - both;
  if (either > 0) return both / either;
  // Two boxes without an area overlap wholly where they are the same.
  return x.ymin == y.ymin && x.xmin == y.xmin && x.ymax == y.ymax && x.xmax == y.xmax ? 1 : 0;
}

Detection box_of(const TensorView& boxes, std::size_t i) {
  return {real_of(boxes, 4 * i), real_of(boxes, 4 * i + 1), real_of(boxes, 4 * i + 2), real_of(boxes, 4 * i + 3)};
}

void add_match(double overlap, DetectionAgreement& agreement) {
  ++agreement.matched;
  agreement.least_overlap = std::min(agreement.least_overlap, overlap);
}

/// The class of each pixel.
std::vector<std::size_t> pixel_classes(const TensorView& view, double threshold) {
  std::vector<std::size_t> classes;
  const bool is_map_of_bytes =
      view.spec->shape.size() < 4 && is_8bit(view.spec->type) && view.spec->quantization.empty();
  if (holds_indices(*view.spec) || is_map_of_bytes) {
    constexpr double kMost = 65535;  // a damaged capture does not ask for more memory
    for (std::size_t i = 0; i < elements_of(view); ++i)
      classes.push_back(static_cast<std::size_t>(std::clamp(element_of(view, i), 0.0, kMost)));
    return classes;
  }
  const std::size_t channels = view.spec->shape.size() < 4 ? 1 : last_dimension(*view.spec);
  const auto is_nan = [&](std::size_t i) { return std::isnan(element_of(view, i)); };
  for (std::size_t i = 0; i < elements_of(view); i += channels) {
    std::size_t best = channels == 1 && real_of(view, i) > threshold ? 1 : 0;
    bool nan = is_nan(i);
    for (std::size_t c = 1; c < channels; ++c) {
      nan = nan || is_nan(i + c);
      if (element_of(view, i + c) > element_of(view, i + best)) best = c;
    }
    classes.push_back(nan ? std::max<std::size_t>(channels, 2) : best);
  }
  return classes;
}

void count(std::vector<std::int64_t>& counts, std::size_t index) {
  if (counts.size() <= index) counts.resize(index + 1);
  ++counts[index];
}

bool has_nan(const TensorView& view, std::size_t begin, std::size_t count) {
  if (view.spec->type != DType::kFloat32) return false;
  const auto values = view.as<float>().subspan(begin, count);
  return std::ranges::any_of(values, [](float x) { return std::isnan(x); });
}

}  // namespace

bool holds_indices(const TensorSpec& spec) { return spec.type == DType::kInt32 || spec.type == DType::kInt64; }

void add_classes(const TensorView& a, const TensorView& b, ClassAgreement& agreement) {
  constexpr std::size_t kFive = 5;
  if (holds_indices(*a.spec)) {
    for (std::size_t i = 0; i < elements_of(a); ++i) {
      ++agreement.rows;
      if (element_of(a, i) == element_of(b, i)) ++agreement.top1;
    }
    return;
  }
  const std::size_t classes = last_dimension(*a.spec);
  agreement.has_top5 = classes > kFive;
  for (std::size_t i = 0; i < elements_of(a); i += classes) {
    auto of_a = first_classes(a, i, classes, kFive), of_b = first_classes(b, i, classes, kFive);
    ++agreement.rows;
    if (has_nan(a, i, classes) != has_nan(b, i, classes)) continue;
    if (of_a.front() == of_b.front()) ++agreement.top1;
    std::ranges::sort(of_a);
    std::ranges::sort(of_b);
    if (of_a == of_b) ++agreement.top5;
  }
}

void add_embeddings(const TensorView& a, const TensorView& b, EmbeddingAgreement& agreement) {
  const std::size_t vectors = a.spec->shape.size() < 2 ? 1 : static_cast<std::size_t>(a.spec->shape[0]);
  const std::size_t size = elements_of(a) / std::max<std::size_t>(vectors, 1);
  agreement.directions.resize(size);
  for (std::size_t v = 0; v < vectors; ++v) {
    double aa = 0, bb = 0, ab = 0;
    for (std::size_t i = v * size; i < (v + 1) * size; ++i) {
      const double x = real_of(a, i), y = real_of(b, i);
      aa += x * x;
      bb += y * y;
      ab += x * y;
    }
    if (std::isnan(aa) || std::isnan(bb) || aa == 0 || bb == 0) {
      ++agreement.undefined;
      continue;
    }
    const double distance = 1 - ab / std::sqrt(aa * bb), length = std::sqrt(aa);
    ++agreement.vectors;
    agreement.distances.add(distance);
    agreement.largest = std::max(agreement.largest, distance);
    for (std::size_t i = 0; i < size; ++i) agreement.directions[i].add(real_of(a, v * size + i) / length);
  }
}

void add_masks(const TensorView& a, const TensorView& b, double threshold, MaskAgreement& agreement) {
  const auto of_a = pixel_classes(a, threshold), of_b = pixel_classes(b, threshold);
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    count(agreement.a, of_a[i]);
    count(agreement.b, of_b[i]);
    if (of_a[i] == of_b[i]) count(agreement.both, of_a[i]);
  }
  const std::size_t classes = std::max(agreement.a.size(), agreement.b.size());
  for (auto* counts : {&agreement.a, &agreement.b, &agreement.both}) counts->resize(classes);
}

void add_boxes(const TensorView& a, const TensorView& b, DetectionAgreement& agreement) {
  const std::size_t boxes = elements_of(a) / 4;
  agreement.a += static_cast<std::int64_t>(boxes);
  agreement.b += static_cast<std::int64_t>(boxes);
  for (std::size_t i = 0; i < boxes; ++i) {
    const double common = overlap(box_of(a, i), box_of(b, i));
    if (common >= DetectionAgreement::kOverlap) add_match(common, agreement);
  }
}

std::vector<Detection> detections_of(const TensorView& boxes, const TensorView& labels, const TensorView& scores,
                                     const TensorView& count) {
  const std::size_t most = std::min({elements_of(boxes) / 4, elements_of(labels), elements_of(scores)});
  const double said = elements_of(count) == 0 ? 0 : element_of(count, 0);
  const std::size_t number = said >= static_cast<double>(most) ? most : said > 0 ? static_cast<std::size_t>(said) : 0;
  std::vector<Detection> detections;
  for (std::size_t i = 0; i < number; ++i) {
    Detection detection = box_of(boxes, i);
    detection.label = real_of(labels, i);
    detection.score = real_of(scores, i);
    if (detection.score >= DetectionAgreement::kScore) detections.push_back(detection);
  }
  return detections;
}

void add_detections(std::vector<Detection> a, const std::vector<Detection>& b, DetectionAgreement& agreement) {
  std::ranges::stable_sort(a, std::ranges::greater(), &Detection::score);
  agreement.has_scores = true;
  agreement.a += static_cast<std::int64_t>(a.size());
  agreement.b += static_cast<std::int64_t>(b.size());
  std::vector<bool> taken(b.size());
  for (const Detection& detection : a) {
    std::size_t best = b.size();
    double most = DetectionAgreement::kOverlap;
    for (std::size_t i = 0; i < b.size(); ++i) {
      const double common = b[i].label == detection.label && !taken[i] ? overlap(detection, b[i]) : 0;
      if (common >= most && (best == b.size() || common > most)) {
        best = i;
        most = common;
      }
    }
    if (best == b.size()) continue;
    taken[best] = true;
    add_match(most, agreement);
  }
}

}  // namespace nputwin
