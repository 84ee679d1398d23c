#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/enum_names.h"
#include "base/exact_sum.h"

namespace nputwin {

/// What a model's output means to an application.
enum class OutputKind : std::uint8_t {
  kValues,     ///< numbers: nothing more is known
  kClasses,    ///< a score for each class, or the index of a class
  kBoxes,      ///< boxes of detected objects
  kEmbedding,  ///< vectors whose distances count
  kMask,       ///< a class for each pixel
};
template <>
inline constexpr std::array<std::string_view, 5> kEnumNames<OutputKind> = {"values", "classes", "boxes", "embedding",
                                                                           "mask"};

// What two sides agree on, by kind. All of it adds up over samples in any order and to the last bit.

/// Rows of scores. The first class of a row is the one with the largest score, of equal ones that of the least index.
struct ClassAgreement {
  std::int64_t rows = 0;
  std::int64_t top1 = 0;  ///< rows whose first class is the same
  std::int64_t top5 = 0;  ///< rows whose first five classes are the same, whatever their order
  bool has_top5 = false;  ///< there are more than five classes
};

/// Detections whose score is at least kScore. Two match where their class is the same and their boxes overlap by
/// kOverlap; each of A's, the one with the highest score first, takes the one of B's that overlaps most.
struct DetectionAgreement {
  static constexpr double kScore = 0.5, kOverlap = 0.5;
  std::int64_t a = 0, b = 0, matched = 0;
  double least_overlap = 1;  ///< of two that match
};

/// Vectors by their cosine distance, 1 - cosine.
struct EmbeddingAgreement {
  std::int64_t vectors = 0;
  ExactSum distances;                ///< between A's and B's vector of the same input
  double largest = 0;                ///< of these
  std::vector<ExactSum> directions;  ///< sum of A's vectors, each made one long: what follows gives the spread
  ExactSum lengths;                  ///< sum of the squares of these lengths: near `vectors`, less vectors of zeros

  [[nodiscard]] double mean() const;
  /// The mean distance between A's vectors of two different inputs; 0 where there is only one.
  [[nodiscard]] double spread() const;
};

/// Pixels of each class: in A, in B, and in both at the same place.
struct MaskAgreement {
  struct Class {
    std::int64_t a = 0, b = 0, both = 0;
  };
  std::vector<Class> classes;

  /// The mean over the classes that occur of both / (a + b - both).
  [[nodiscard]] double mean_iou() const;
  /// The share of pixels of the same class.
  [[nodiscard]] double same() const;
};

/// An output of the model on both sides.
struct OutputDiff {
  std::string name;       ///< of the tensor
  std::size_t layer = 0;  ///< which of DiffResult::layers it is; the figures are that one's accumulated ones
  OutputKind kind = OutputKind::kValues;
  std::string known_from;  ///< what says so: "SOFTMAX", "the file's metadata"; empty: nothing does
  std::variant<std::monostate, ClassAgreement, DetectionAgreement, EmbeddingAgreement, MaskAgreement> agreement;
  /// Whether A's output depends on what goes in.
  struct Movement {
    std::uint64_t first = 0;      ///< a hash of A's first output
    std::int64_t samples = 0;     ///< that were looked at
    bool moved = false;           ///< another sample's output was not the first one's
    std::int64_t other_runs = 0;  ///< of inputs of noise, which made the first one's output too
  } movement;

  /// It was looked at on more than one input, and all gave the same output: that two sides are equal proves nothing.
  [[nodiscard]] bool is_constant() const {
    return !movement.moved && movement.samples + movement.other_runs > 1;
  }

  template <typename T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&agreement);
  }
};

}  // namespace nputwin
