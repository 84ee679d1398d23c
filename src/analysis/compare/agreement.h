#pragma once

#include "analysis/compare/output_diff.h"
#include "tensor/tensor.h"

namespace nputwin {

/// Whether a tensor's values are classes themselves, not scores: int32 and int64.
[[nodiscard]] bool holds_indices(const TensorSpec& spec);

// One sample of an output on both sides, added to what they agree on. Both views are of one shape and type.

/// Scores: a row is the last dimension. Indices of classes: each is a row. A row with a NaN on one side alone does not
/// agree.
void add_classes(const TensorView& a, const TensorView& b, ClassAgreement& agreement);

/// A vector for each index of the first dimension.
void add_embeddings(const TensorView& a, const TensorView& b, EmbeddingAgreement& agreement);

/// The class of a pixel is the index of its largest channel; of one channel and of [N,H,W] whether its real value lies
/// above `threshold`; of indices, and of [N,H,W] in bytes without a scale, the value itself. NaN is a class of its own,
/// behind the others.
void add_masks(const TensorView& a, const TensorView& b, double threshold, MaskAgreement& agreement);

/// A detected object.
struct Detection {
  double ymin = 0, xmin = 0, ymax = 0, xmax = 0;
  double label = 0;  ///< a whole number
  double score = 1;
};

/// Boxes alone: box i of A and box i of B are the same object.
void add_boxes(const TensorView& a, const TensorView& b, DetectionAgreement& agreement);

/// One side's outputs of TFLite_Detection_PostProcess: those of at least DetectionAgreement::kScore.
[[nodiscard]] std::vector<Detection> detections_of(const TensorView& boxes, const TensorView& labels,
                                                   const TensorView& scores, const TensorView& count);
void add_detections(std::vector<Detection> a, const std::vector<Detection>& b, DetectionAgreement& agreement);

}  // namespace nputwin
