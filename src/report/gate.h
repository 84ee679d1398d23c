#pragma once

#include <string>
#include <vector>

#include "report/report.h"

namespace nputwin::report {

/// A place where a condition holds, and with a baseline has got worse.
struct Failure {
  const Condition* condition;
  Condition::Place place;
  std::optional<double> before;  ///< the figure in the baseline
  bool is_new = false;           ///< there is a baseline, and it has no such figure

  /// "mismatch 53.4 %, 51.2 % in the baseline".
  [[nodiscard]] std::string found() const;
};

/// What became of one condition.
struct Judgement {
  const Condition* condition;
  std::string looks_at_nothing;  ///< why it does; empty: it looks at `places`
  std::vector<Condition::Place> places;
  std::vector<Failure> failures;

  /// The place whose figure is nearest to the limit, or furthest beyond it.
  [[nodiscard]] const Condition::Place& nearest() const;
};

/// One for each condition of the report. They point into it.
[[nodiscard]] std::vector<Judgement> judge(const Report& report);
/// Of all judgements.
[[nodiscard]] std::vector<Failure> failures(const Report& report);

/// Why a layer fails, in formats that know pass and fail: the conditions that hold; where nothing was asked for, that
/// its accumulated values differ. Empty where it passes.
[[nodiscard]] std::string failure_of(const Report& report, const std::vector<Failure>& failures,
                                     const LayerDiff& layer);

/// "op 12 CONV_2D 'functional…'", "output 'scores'".
[[nodiscard]] std::string place_text(const Condition::Place& place);

/// A line for each failure and each condition that passes; nothing where none was set.
[[nodiscard]] std::string gate_text(const std::vector<Judgement>& judgements);

/// An error where a condition looks at nothing.
[[nodiscard]] Status check_gate(const std::vector<Judgement>& judgements);

}  // namespace nputwin::report
