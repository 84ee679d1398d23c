#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/compare/condition.h"
#include "io/json.h"
#include "report/provenance.h"

namespace nputwin::report {

/// What an earlier comparison found, from the document that `diff --format json` prints and `report -o FILE.json`
/// writes.
class Baseline {
 public:
  /// The error names the file and what is wrong in it.
  [[nodiscard]] static Result<Baseline> read(const std::string& path);

  /// Whether the same profiles ran on the same inputs, by the same options. The model may be another, as it is after
  /// training. The error names what differs.
  [[nodiscard]] Status check(const Provenance& now) const;
  /// Whether the sides have the same names and compared the same samples, of which `samples` has the ranges as
  /// Provenance does; to be asked once the work is done, since a recording says what it is when it is read.
  [[nodiscard]] Status check(const DiffResult& now,
                             const std::vector<std::pair<std::size_t, std::size_t>>& samples) const;
  [[nodiscard]] bool is_of_model(const std::string& sha256) const { return model_sha256_ == sha256; }

  /// What the figure of a condition was at a place of `result`; nothing where the baseline has no such layer, by its
  /// name and type, or no such figure.
  [[nodiscard]] std::optional<double> before(const Condition& condition, const Condition::Place& place,
                                             const DiffResult& result) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void take(const Json& json);
  [[nodiscard]] Status differs(const std::string& what, const std::string& before, const std::string& now) const;

  std::string path_, a_, b_, model_sha256_, profile_a_, profile_b_;
  std::vector<InputSource> inputs_;
  Json options_;
  std::vector<std::pair<std::size_t, std::size_t>> samples_;  // ranges that were compared
  std::map<std::string, std::vector<Json>> layers_;           // by type and name, those of one name in their order
  std::map<std::string, ClassAgreement> rows_;                // of outputs that are scores, by name
};

}  // namespace nputwin::report
