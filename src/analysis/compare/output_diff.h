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

  void merge(const ClassAgreement& other);
  template <typename Self, typename F>
  static void each_field(Self& self, F&& f) {
    f("rows", self.rows);
    f("top1", self.top1);
    f("top5", self.top5);
    f("has_top5", self.has_top5);
  }
};

/// Detections whose score is at least kScore, or all boxes of an output that has no scores. Two match where their
/// class is the same and their boxes overlap by kOverlap (intersection over union); each of A's, the one with the
/// highest score first, takes the one of B's that overlaps most.
struct DetectionAgreement {
  static constexpr double kScore = 0.5, kOverlap = 0.5;
  std::int64_t a = 0, b = 0, matched = 0;
  double least_overlap = 1;  ///< of two that match
  bool has_scores = false;

  void merge(const DetectionAgreement& other);
  template <typename Self, typename F>
  static void each_field(Self& self, F&& f) {
    f("a", self.a);
    f("b", self.b);
    f("matched", self.matched);
    f("least_overlap", self.least_overlap);
    f("has_scores", self.has_scores);
  }
};

/// Vectors by their cosine distance, 1 - cosine. A vector of zeros or with a NaN has none.
struct EmbeddingAgreement {
  std::int64_t vectors = 0;          ///< that have a distance
  std::int64_t undefined = 0;        ///< that have none on one side or both
  ExactSum distances;                ///< between A's and B's vector of the same input
  double largest = 0;                ///< of these
  std::vector<ExactSum> directions;  ///< the sum of A's vectors, each made one long

  [[nodiscard]] double mean() const;
  /// The mean distance between A's vectors of two different inputs, from the length of the sum of directions; 0 where
  /// there is but one vector.
  [[nodiscard]] double spread() const;

  void merge(const EmbeddingAgreement& other);
  template <typename Self, typename F>
  static void each_field(Self& self, F&& f) {
    f("vectors", self.vectors);
    f("undefined", self.undefined);
    f("distances", self.distances);
    f("largest", self.largest);
    f("directions", self.directions);
  }
};

/// Pixels of each class: in A, in B, and in both at the same place.
struct MaskAgreement {
  std::vector<std::int64_t> a, b, both;

  /// The mean over the classes that occur of both / (a + b - both).
  [[nodiscard]] double mean_iou() const;
  [[nodiscard]] std::int64_t pixels() const;
  /// Pixels of the same class.
  [[nodiscard]] std::int64_t same() const;

  void merge(const MaskAgreement& other);
  template <typename Self, typename F>
  static void each_field(Self& self, F&& f) {
    f("a", self.a);
    f("b", self.b);
    f("both", self.both);
  }
};

/// In the order of OutputKind.
using Agreement = std::variant<std::monostate, ClassAgreement, DetectionAgreement, EmbeddingAgreement, MaskAgreement>;

/// That of a kind, of no samples.
[[nodiscard]] Agreement no_agreement(OutputKind kind);

/// An output of the model on both sides.
struct OutputDiff {
  std::string name;       ///< of the tensor
  std::size_t layer = 0;  ///< which of DiffResult::layers it is; the figures are that one's accumulated ones
  OutputKind kind = OutputKind::kValues;
  std::string known_from;  ///< what says so: "SOFTMAX", "the file's metadata"; empty: nothing does
  Agreement agreement;     ///< of that kind

  void merge(const OutputDiff& other);
  template <typename T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&agreement);
  }
};

}  // namespace nputwin
