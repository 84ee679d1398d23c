#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/compare/diff_result.h"

namespace nputwin {

namespace report {

// What a comparison means, in sentences that the text, the page, Markdown and JSON share.

/// Of an output of the model.
enum class Mark : std::uint8_t { kSame, kDiffers, kProvesNothing };

}  // namespace report

template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<report::Mark> = {"same", "differs", "proves nothing"};

}  // namespace nputwin

namespace nputwin::report {

struct OutputVerdict {
  const OutputDiff* output;
  const LayerDiff* layer;  ///< whose accumulated figures are the output's
  Mark mark;
  std::string figures;  ///< "53.4 % of 1280 values differ, by at most 3 steps (0.094); cosine 0.999227, SQNR 28.1 dB"
  std::string
      meaning;  ///< "embedding: …", "top-1 equal on 40 of 40 inputs"; where that is not known, what would say it
};
/// One for each of the model's outputs that was compared.
[[nodiscard]] std::vector<OutputVerdict> output_verdicts(const DiffResult& result);

/// How the isolated mismatches compare with those that the two rules and the values that occur let expect.
struct Usual {
  double expected = 0;
  std::int64_t found = 0;
  std::int64_t elements = 0;  ///< of the layers for which that is known
  /// Found lies within a factor of two of expected, or nearer than chance (four standard deviations of a count).
  bool is_usual = true;
  std::string sentence;
};
/// Nothing where no layer has an expectation.
[[nodiscard]] std::optional<Usual> usual_of(const DiffResult& result);

/// A cause of isolated mismatches, and how the rules concerned are known.
struct CauseVerdict {
  Cause cause;
  std::int64_t elements = 0;
  const LayerDiff* most = nullptr;  ///< the layer that has most of them
  std::string known;                ///< "A measured, B assumed 70 % (MEAN), evidence 30 %"; empty of recordings
};
/// The most frequent first.
[[nodiscard]] std::vector<CauseVerdict> cause_verdicts(const DiffResult& result);

/// "3 steps (0.094)", "1 step", "0.178": a difference of a layer's values with its unit.
[[nodiscard]] std::string difference_text(const LayerDiff& layer, double difference);

/// "measured / assumed": how each side's rule of the layer is known; "-" for a recording.
[[nodiscard]] std::string known_text(const LayerDiff& layer);

}  // namespace nputwin::report
